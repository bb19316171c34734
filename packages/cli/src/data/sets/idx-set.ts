/** What MNIST and its relatives share: four IDX files of 28x28 grey images and labels. */

import { basename } from "node:path";
import { UserError } from "@frugal/core/base";
import { readIdxImages, readIdxLabels } from "@frugal/core/formats";
import { checkDataset, countsDiffer } from "../check.js";
import { readDataFile } from "../files.js";
import type { StoredSet } from "../stored.js";
import type { Split } from "../types.js";

const SIDE = 28;

/** File name to its accepted sums; the order is that of `read`. */
export interface IdxSums {
  readonly trainImages: readonly string[];
  readonly trainLabels: readonly string[];
  readonly testImages: readonly string[];
  readonly testLabels: readonly string[];
}

/** A stored set of four IDX files. */
export function idxSet(name: string, classes: readonly string[], sums: IdxSums): StoredSet {
  return {
    name,
    variants: [
      {
        name: "full",
        files: [
          { name: "train-images-idx3-ubyte", sha256: sums.trainImages },
          { name: "train-labels-idx1-ubyte", sha256: sums.trainLabels },
          { name: "t10k-images-idx3-ubyte", sha256: sums.testImages },
          { name: "t10k-labels-idx1-ubyte", sha256: sums.testLabels },
        ],
      },
    ],
    async read(_, paths) {
      const [trainImages, trainLabels, testImages, testLabels] = paths as [
        string,
        string,
        string,
        string,
      ];
      return checkDataset({
        name,
        classes,
        inputShape: [1, SIDE, SIDE],
        train: await readPair(trainImages, trainLabels, classes.length),
        test: await readPair(testImages, testLabels, classes.length),
      });
    },
  };
}

async function readPair(imagesPath: string, labelsPath: string, classes: number): Promise<Split> {
  const { n, height, width, images } = readIdxImages(await readDataFile(imagesPath), imagesPath);
  if (height !== SIDE || width !== SIDE) {
    throw new UserError("E_DATA", `images of ${height}x${width} in ${imagesPath}`, {
      where: imagesPath,
      allowed: `${SIDE}x${SIDE}`,
      next: "check that the file belongs to this data set",
    });
  }
  const labels = readIdxLabels(await readDataFile(labelsPath), labelsPath, { classes });
  if (labels.length !== n)
    throw countsDiffer(`${imagesPath} and ${basename(labelsPath)}`, n, labels.length);
  return { n, shape: [1, height, width], images, labels };
}
