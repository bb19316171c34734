/** Optical digits (UCI): 8x8 real handwritten digits, built in; see data/optdigits/README.md. */

import { fileURLToPath } from "node:url";
import { readCsv } from "@frugal/core/formats";
import { checkDataset } from "../check.js";
import { readDataFile } from "../files.js";
import type { Split } from "../types.js";
import type { DatasetEntry } from "./entry.js";

/** There is nothing to choose. */
export type OptdigitsOptions = Readonly<Record<never, never>>;

const classes = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const shape = [1, 8, 8];

// From src/data/sets and from dist/data/sets alike.
const folder = new URL("../../../data/optdigits/", import.meta.url);

async function read(file: string): Promise<Split> {
  const path = fileURLToPath(new URL(file, folder));
  const { n, features, labels } = readCsv(await readDataFile(path), path, { classes });
  // Values are whole numbers, 0 to 16.
  return { n, shape, images: Uint8Array.from(features), labels: Uint8Array.from(labels) };
}

export const optdigits: DatasetEntry<OptdigitsOptions> = {
  summary: "handwritten digits, 8x8 grey (0 to 16), 3,823 + 1,797; built in",
  source: "built in",
  async load() {
    const [train, test] = await Promise.all([read("optdigits.tra.gz"), read("optdigits.tes.gz")]);
    return checkDataset({ name: "optdigits", classes, inputShape: shape, train, test });
  },
};
