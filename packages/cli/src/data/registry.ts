/** The data sets that recipes may name: one file in sets/ and one line in each of the two tables. */

import { createHash } from "node:crypto";
import { type Cifar10Options, cifar10 } from "./sets/cifar10.js";
import { type CsvDatasetOptions, csv } from "./sets/csv.js";
import type { DatasetEntry } from "./sets/entry.js";
import { fashionMnist } from "./sets/fashion-mnist.js";
import { type ImagesOptions, images } from "./sets/images.js";
import { mnist } from "./sets/mnist.js";
import { type OptdigitsOptions, optdigits } from "./sets/optdigits.js";
import { type StoredOptions, storeRoot } from "./stored.js";
import type { Dataset } from "./types.js";

/** Options by data set: what stands beside `name` in a recipe's `data`. */
export interface DatasetOptions {
  readonly optdigits: OptdigitsOptions;
  readonly mnist: StoredOptions;
  readonly "fashion-mnist": StoredOptions;
  readonly cifar10: Cifar10Options;
  readonly csv: CsvDatasetOptions;
  readonly images: ImagesOptions;
}

export type DatasetName = keyof DatasetOptions;

export const datasets: { readonly [N in DatasetName]: DatasetEntry<DatasetOptions[N]> } = {
  optdigits,
  mnist,
  "fashion-mnist": fashionMnist,
  cifar10,
  csv,
  images,
};

export const datasetNames = Object.keys(datasets) as readonly DatasetName[];

/**
 * Reads a data set, checked. A named set comes from `options.from` where that is given, else from the data store.
 *
 * @example
 * const { train, classes } = await loadDataset("optdigits", {});
 */
export async function loadDataset<N extends DatasetName>(
  name: N,
  options: DatasetOptions[N],
  context: { readonly root?: string } = {},
): Promise<Dataset> {
  const entry: DatasetEntry<DatasetOptions[N]> = datasets[name];
  return entry.load(options, { root: context.root ?? storeRoot() });
}

/**
 * SHA-256 over shapes, labels and pixels: two runs with equal fingerprints saw the same data.
 *
 * @example
 * fingerprint(await loadDataset("optdigits", {})).length // 64
 */
export function fingerprint(dataset: Pick<Dataset, "classes" | "train" | "test">): string {
  const hash = createHash("sha256").update(JSON.stringify(dataset.classes));
  for (const split of [dataset.train, dataset.test]) {
    if (split === undefined) continue;
    hash.update(JSON.stringify([split.n, split.shape]));
    // Labels as 32 bits, so that their width in memory does not matter.
    hash.update(new Uint8Array(Int32Array.from(split.labels).buffer));
    const { buffer, byteOffset, byteLength } = split.images;
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}
