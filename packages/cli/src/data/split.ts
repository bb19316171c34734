/** Train, validation and test: stratified by class, drawn from a named stream of the seed. */

import { UserError } from "@frugal/core/base";
import { permutation, randomStream, type Stream } from "@frugal/core/random";
import { type Dataset, type Split, sampleSize } from "./types.js";

export interface SplitOptions {
  readonly seed: number;
  /** Share of the training samples that is held out for tuning. Default 0.1. */
  readonly validation?: number;
  /** Share of all samples held out for the test, only where there is no official test set. Default 0.2. */
  readonly test?: number;
}

export interface ThreeWaySplit {
  readonly train: Split;
  /** For thresholds, temperature, lambda, early stopping: everything that is chosen. */
  readonly validation: Split;
  readonly test: Split;
}

/**
 * Train, validation and test splits with the class shares of the whole. An official test set stays the test
 * split; otherwise one is held out first. Equal seeds give equal splits, in the order of the files.
 *
 * @example
 * const { train, validation, test } = threeWaySplit(await loadDataset("optdigits", {}), { seed: 1 });
 * [train.n + validation.n, test.n] // [3823, 1797]
 */
export function threeWaySplit(dataset: Dataset, options: SplitOptions): ThreeWaySplit {
  const { seed, validation = 0.1, test = 0.2 } = options;
  checkShare(validation, "validation");
  checkShare(test, "test");
  const classes = dataset.classes.length;
  let rest = dataset.train;
  let held = dataset.test;
  if (held === undefined) {
    const { taken, left } = stratify(rest, classes, test, randomStream(seed, "split", "test"));
    held = takeRows(rest, taken);
    rest = takeRows(rest, left);
  }
  const parts = stratify(rest, classes, validation, randomStream(seed, "split", "validation"));
  const splits = {
    train: takeRows(rest, parts.left),
    validation: takeRows(rest, parts.taken),
    test: held,
  };
  for (const [part, { n }] of Object.entries(splits)) {
    if (n > 0) continue;
    throw new UserError("E_DATA", `${dataset.name} is too small: its ${part} split is empty`, {
      where: `${dataset.name}, ${dataset.train.n} samples of ${classes} classes`,
      allowed: "at least one sample in each split, and one of each class left for training",
      next: "add samples or hold out a larger share",
    });
  }
  return splits;
}

function checkShare(share: number, name: string): void {
  if (share > 0 && share < 1) return;
  throw new UserError("E_CONFIG", `the ${name} share is ${share}`, {
    where: `data.split.${name}`,
    allowed: "a number between 0 and 1, neither of them",
    next: `set data.split.${name}, for example to 0.1`,
  });
}

/**
 * Row numbers of a stratified sample of `share`, and of the rest, both ascending. Each class gives its share
 * rounded down; the samples still missing come from the largest remainders; a class never gives its last one.
 *
 * @example
 * const { train } = await loadDataset("optdigits", {});
 * stratify(train, 10, 0.1, randomStream(1, "split")).taken.length // 382
 */
export function stratify(
  split: Pick<Split, "labels">,
  classes: number,
  share: number,
  stream: Stream,
): { readonly taken: Uint32Array; readonly left: Uint32Array } {
  const rowsOf: number[][] = Array.from({ length: classes }, () => []);
  split.labels.forEach((label, row) => {
    rowsOf[label]!.push(row);
  });
  const spare = rowsOf.map((rows) => Math.max(0, rows.length - 1));
  const counts = rowsOf.map((rows, c) => Math.min(spare[c]!, Math.floor(rows.length * share)));
  let missing = Math.round(split.labels.length * share) - counts.reduce((a, b) => a + b, 0);
  const remainder = (c: number): number => (rowsOf[c]!.length * share) % 1;
  const byRemainder = rowsOf.map((_, c) => c).sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const c of byRemainder) {
    if (missing > 0 && counts[c]! < spare[c]!) {
      counts[c]!++;
      missing--;
    }
  }
  const isTaken = new Uint8Array(split.labels.length);
  rowsOf.forEach((rows, c) => {
    const order = permutation(stream.fork(c), rows.length);
    for (let i = 0; i < counts[c]!; i++) isTaken[rows[order[i]!]!] = 1;
  });
  const all = Uint32Array.from({ length: isTaken.length }, (_, row) => row);
  return {
    taken: all.filter((row) => isTaken[row] === 1),
    left: all.filter((row) => isTaken[row] === 0),
  };
}

/**
 * The samples at these row numbers, copied.
 *
 * @example
 * const { train } = await loadDataset("optdigits", {});
 * takeRows(train, [0, 2]).n // 2
 */
export function takeRows(split: Split, rows: ArrayLike<number>): Split {
  const size = sampleSize(split.shape);
  const images =
    split.images instanceof Uint8Array
      ? new Uint8Array(rows.length * size)
      : new Float32Array(rows.length * size);
  const labels =
    split.labels instanceof Uint8Array ? new Uint8Array(rows.length) : new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    images.set(split.images.subarray(row * size, (row + 1) * size), i * size);
    labels[i] = split.labels[row]!;
  }
  return { n: rows.length, shape: split.shape, images, labels };
}
