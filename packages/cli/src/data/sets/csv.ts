/** A table of one's own: numbers and a class column in one CSV file, or in one each for training and test. */

import { basename } from "node:path";
import { type CsvOptions, type CsvTable, readCsv } from "@frugal/core/formats";
import { checkDataset } from "../check.js";
import { readDataFile } from "../files.js";
import type { Split } from "../types.js";
import type { DatasetEntry } from "./entry.js";

export interface CsvDatasetOptions extends Omit<CsvOptions, "classes"> {
  /** Path of the training file (.gz accepted). */
  readonly train: string;
  /** Path of the official test file; default: none, and `threeWaySplit` holds one out. */
  readonly test?: string;
}

const splitOf = ({ n, width, features, labels }: CsvTable): Split => ({
  n,
  shape: [width],
  images: features,
  labels,
});

export const csv: DatasetEntry<CsvDatasetOptions> = {
  summary: "a CSV file of numbers with a class column, by path",
  source: "by path",
  async load({ train: trainPath, test: testPath, ...options }) {
    const train = readCsv(await readDataFile(trainPath), trainPath, options);
    const { classes } = train;
    const test =
      testPath === undefined
        ? undefined
        : readCsv(await readDataFile(testPath), testPath, { ...options, classes });
    return checkDataset({
      name: basename(trainPath),
      classes,
      inputShape: [train.width],
      train: splitOf(train),
      test: test && splitOf(test),
    });
  },
};
