/** Rank agreement of two quantities, ties included. */

import { UserError } from "../base/index.js";

function requirePairs(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length || a.length < 2) {
    throw new UserError("E_USAGE", `rank agreement of ${a.length} and ${b.length} values`, {
      allowed: "equally many, at least two",
    });
  }
}

/**
 * Ranks from 1; equal values share the mean of their ranks.
 *
 * @example
 * ranks([10, 30, 10]) // Float64Array [1.5, 3, 1.5]
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) result[order[i]!] = (start + end + 1) / 2;
    start = end;
  }
  return result;
}

/**
 * Pearson's correlation of the ranks; 0 where one side is constant.
 *
 * @example
 * spearman([1, 2, 3], [1, 3, 2]) // 0.5
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requirePairs(a, b);
  const ra = ranks(a);
  const rb = ranks(b);
  const centre = (a.length + 1) / 2;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < ra.length; i++) {
    ab += (ra[i]! - centre) * (rb[i]! - centre);
    aa += (ra[i]! - centre) ** 2;
    bb += (rb[i]! - centre) ** 2;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

/**
 * Kendall's tau-b, which corrects for ties; 0 where one side is constant. Quadratic: meant for operating points, not samples.
 *
 * @example
 * kendall([1, 2, 3], [1, 3, 2]) // 0.333
 */
export function kendall(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requirePairs(a, b);
  let score = 0;
  let untiedA = 0;
  let untiedB = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const da = Math.sign(a[i]! - a[j]!);
      const db = Math.sign(b[i]! - b[j]!);
      score += da * db;
      untiedA += da === 0 ? 0 : 1;
      untiedB += db === 0 ? 0 : 1;
    }
  }
  return untiedA === 0 || untiedB === 0 ? 0 : score / Math.sqrt(untiedA * untiedB);
}
