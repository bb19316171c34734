/** CIFAR-10: 32x32 RGB photographs, in the binary version; whole, or one of the named subsets. */

import { readCifar10 } from "@frugal/core/formats";
import { checkDataset } from "../check.js";
import { readDataFile } from "../files.js";
import { loadStored, type StoredOptions, type StoredSet } from "../stored.js";
import type { Split } from "../types.js";
import type { DatasetEntry } from "./entry.js";

export interface Cifar10Options extends StoredOptions {
  /**
   * "full": data_batch_1 to 5 and test_batch. "jpeg-10000": 10,000 + 2,000 images decoded from JPEG. "first-4000":
   * the first 4,000 exact training images, no test set. Default: the first of these that is there.
   */
  readonly variant?: "full" | "jpeg-10000" | "first-4000";
}

const classes = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];
const shape = [3, 32, 32];

const notes: Readonly<Record<string, string>> = {
  "jpeg-10000": "subset decoded from JPEG (lossy): accuracies are not CIFAR-10 accuracies",
  "first-4000": "the first 4,000 training images only: accuracies are not CIFAR-10 accuracies",
};

const stored: StoredSet = {
  name: "cifar10",
  variants: [
    {
      name: "full",
      // No trustworthy sums of the single batch files are at hand; their form is checked.
      files: [1, 2, 3, 4, 5]
        .map((i) => `data_batch_${i}.bin`)
        .concat("test_batch.bin")
        .map((name) => ({ name, sha256: [] })),
    },
    {
      name: "jpeg-10000",
      files: [
        {
          name: "train_jpeg_10000.bin",
          sha256: [
            "606484ddf8b61f03b5404b253fd388ca475649e798dc39270f2e5d4aab1418b0",
            "01e3803c0923ee5e88522ba49ba91c15ae8c0b86f709890527b58704454a04d7",
          ],
        },
        {
          name: "test_jpeg_2000.bin",
          sha256: [
            "4e70d63c276a9c42748d25c406a4d0c83cb434808ca694517184b7c7f3dd9762",
            "19116afb148f604b2d90bb5966ccb9573a630b821cae30d525d4b7d4b14943d9",
          ],
        },
      ],
    },
    {
      name: "first-4000",
      files: [
        {
          name: "data_batch_1_first4000.bin",
          sha256: [
            "d32c18318de59292af92f571821e2570d0ce4d63cf4b3de2570ee51bf268ee72",
            "0993cf8b8e43bc207603aef9787006995746513f5e3fa5a52e06d1b069926330",
          ],
        },
      ],
    },
  ],
  async read(variant, paths) {
    const isTest = (name: string): boolean => name.startsWith("test_");
    const pathsOf = (test: boolean): string[] =>
      paths.filter((_, i) => isTest(variant.files[i]!.name) === test);
    const test = pathsOf(true);
    const note = notes[variant.name];
    return checkDataset({
      name: variant.name === "full" ? "cifar10" : `cifar10 (${variant.name})`,
      classes,
      inputShape: shape,
      train: await readBatches(pathsOf(false)),
      test: test.length > 0 ? await readBatches(test) : undefined,
      ...(note === undefined ? {} : { note }),
    });
  },
};

async function readBatches(paths: readonly string[]): Promise<Split> {
  const parts = [];
  for (const path of paths) parts.push(readCifar10(await readDataFile(path), path));
  const n = parts.reduce((sum, part) => sum + part.n, 0);
  const images = new Uint8Array(n * 3 * 32 * 32);
  const labels = new Uint8Array(n);
  let row = 0;
  for (const part of parts) {
    images.set(part.images, row * 3 * 32 * 32);
    labels.set(part.labels, row);
    row += part.n;
  }
  return { n, shape, images, labels };
}

export const cifar10: DatasetEntry<Cifar10Options> = {
  summary:
    "photographs, 32x32 RGB, 50,000 + 10,000 (binary version), or the subsets jpeg-10000, first-4000",
  source: stored,
  load: (options, { root }) => loadStored(stored, options, root),
};
