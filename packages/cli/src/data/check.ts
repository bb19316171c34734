/** The checks that every data set passes after it was read, whatever its format. */

import { UserError } from "@frugal/core/base";
import { type Dataset, type Split, sampleSize } from "./types.js";

/**
 * The data set itself, once its splits are found consistent: counts that agree, labels in range, finite values.
 *
 * @example
 * const train = { n: 1, shape: [2], images: Float32Array.of(0, NaN), labels: Uint8Array.of(1) };
 * const mine = { name: "mine", classes: ["a", "b"], inputShape: [2], train, test: undefined };
 * checkDataset(mine) // throws E_DATA
 */
export function checkDataset(dataset: Dataset): Dataset {
  checkSplit(dataset, dataset.train, "train");
  if (dataset.test) checkSplit(dataset, dataset.test, "test");
  return dataset;
}

function checkSplit({ name, classes, inputShape }: Dataset, split: Split, part: string): void {
  const where = `${name}, ${part} split`;
  if (split.shape.join() !== inputShape.join()) {
    throw new UserError("E_DATA", `samples of shape [${split.shape}] in ${name}`, {
      where,
      allowed: `[${inputShape}]`,
      next: "use training and test files of the same kind",
    });
  }
  if (split.n === 0) {
    throw new UserError("E_DATA", `${name} has no ${part} samples`, {
      where,
      allowed: "at least one sample",
      next: "check that the files are whole",
    });
  }
  const size = sampleSize(split.shape);
  if (split.labels.length !== split.n || split.images.length !== split.n * size) {
    throw countsDiffer(where, split.images.length / size, split.labels.length);
  }
  const bad = split.labels.findIndex((label) => label < 0 || label >= classes.length);
  if (bad >= 0) {
    throw new UserError("E_DATA", `label ${split.labels[bad]} of sample ${bad} is out of range`, {
      where: `${where}, sample ${bad}`,
      allowed: `0 to ${classes.length - 1}`,
      next: "check that images and labels belong to this data set",
    });
  }
  if (split.images instanceof Float32Array) {
    const first = split.images.findIndex((value) => !Number.isFinite(value));
    if (first >= 0) {
      const sample = Math.floor(first / size);
      throw new UserError(
        "E_DATA",
        `value ${first % size} of sample ${sample} is ${split.images[first]}`,
        {
          where: `${where}, sample ${sample}`,
          allowed: "finite numbers",
          next: "remove or repair the sample",
        },
      );
    }
  }
}

/** The error for an image and a label file that do not belong together. */
export const countsDiffer = (where: string, images: number, labels: number): UserError =>
  new UserError("E_DATA", `${images} images, but ${labels} labels`, {
    where,
    allowed: "as many labels as images",
    next: "use image and label files of the same split",
  });
