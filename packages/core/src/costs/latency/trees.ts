/** Gradient-boosted regression trees for squared error (Friedman, Annals of Statistics 29(5), 2001). */

import { permutation, type Stream } from "../../random/index.js";

/** A leaf, or a split: values up to `at` go left. */
export type Tree =
  | number
  | {
      readonly feature: number;
      readonly at: number;
      readonly left: Tree;
      readonly right: Tree;
    };

export interface BoostOptions {
  readonly rounds: number;
  readonly depth: number;
  /** Share of each tree's answer that is added. */
  readonly rate: number;
  /** Fewest samples in a leaf. */
  readonly leaf: number;
  /** Share of the samples that each tree sees. */
  readonly sample: number;
}

type Rows = readonly (readonly number[])[];

const meanOf = (index: readonly number[], y: Float64Array): number =>
  index.reduce((sum, i) => sum + y[i]!, 0) / index.length;

interface Split {
  readonly feature: number;
  readonly at: number;
  readonly gain: number;
}

/** The split that lowers the squared error most: the one with the largest sum_l^2 / n_l + sum_r^2 / n_r. */
function bestSplit(rows: Rows, y: Float64Array, index: number[], leaf: number): Split | undefined {
  let total = 0;
  for (const i of index) total += y[i]!;
  let best: Split | undefined;
  const start = total ** 2 / index.length;
  const width = rows[0]?.length ?? 0;
  for (let feature = 0; feature < width; feature++) {
    const order = index.toSorted((i, j) => rows[i]![feature]! - rows[j]![feature]!);
    let left = 0;
    for (let n = 1; n < order.length; n++) {
      left += y[order[n - 1]!]!;
      if (n < leaf || order.length - n < leaf) continue;
      const [low, high] = [rows[order[n - 1]!]![feature]!, rows[order[n]!]![feature]!];
      if (high - low < 1e-9) continue;
      const gain = left ** 2 / n + (total - left) ** 2 / (order.length - n) - start;
      if (gain > (best?.gain ?? 1e-12)) best = { feature, at: (low + high) / 2, gain };
    }
  }
  return best;
}

function grow(rows: Rows, y: Float64Array, index: number[], depth: number, leaf: number): Tree {
  const split = depth > 0 ? bestSplit(rows, y, index, leaf) : undefined;
  if (!split) return meanOf(index, y);
  const { feature, at } = split;
  const goesLeft = (i: number) => rows[i]![feature]! <= at;
  return {
    feature,
    at,
    left: grow(rows, y, index.filter(goesLeft), depth - 1, leaf),
    right: grow(
      rows,
      y,
      index.filter((i) => !goesLeft(i)),
      depth - 1,
      leaf,
    ),
  };
}

export function treeAt(tree: Tree, x: readonly number[]): number {
  let node = tree;
  while (typeof node !== "number") node = x[node.feature]! <= node.at ? node.left : node.right;
  return node;
}

/** Trees whose answers, times the rate, add up to y; y should be centred. Equal streams give equal trees. */
export function boost(
  rows: Rows,
  y: readonly number[],
  options: BoostOptions,
  stream: Stream,
): readonly Tree[] {
  const { rounds, depth, rate, leaf, sample } = options;
  const left = Float64Array.from(y);
  const trees: Tree[] = [];
  const count = Math.max(1, Math.round(rows.length * sample));
  if (rows.length < 2 * leaf) return [];
  for (let round = 0; round < rounds; round++) {
    const seen = [...permutation(stream.fork(round), rows.length).slice(0, count)];
    const tree = grow(rows, left, seen, depth, leaf);
    trees.push(tree);
    rows.forEach((row, i) => {
      left[i]! -= rate * treeAt(tree, row);
    });
  }
  return trees;
}

export const boostedAt = (trees: readonly Tree[], rate: number, x: readonly number[]): number =>
  rate * trees.reduce<number>((sum, tree) => sum + treeAt(tree, x), 0);
