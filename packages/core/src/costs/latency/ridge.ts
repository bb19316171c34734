/** Weighted ridge regression on standardised features, small enough to be solved directly. */

import { assert } from "../../base/index.js";

/** Predicts offset + sum of slope * (x - mean). Plain numbers: goes to JSON and back. */
export interface Linear {
  readonly mean: readonly number[];
  readonly slope: readonly number[];
  readonly offset: number;
}

export interface RidgeOptions {
  /** Weight of the penalty per sample. */
  readonly penalty: number;
  /** Default: all 1. */
  readonly weights?: readonly number[];
}

/** Solves a x = b for a symmetric positive definite matrix, by Cholesky's factors. */
function solve(a: readonly Float64Array[], b: Float64Array): Float64Array {
  const n = b.length;
  const l = a.map((row) => row.slice());
  const x = b.slice();
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) {
      for (let i = j; i < n; i++) l[i]![j]! -= l[i]![k]! * l[j]![k]!;
    }
    assert(l[j]![j]! > 0, "a penalty makes the matrix positive definite");
    const pivot = Math.sqrt(l[j]![j]!);
    for (let i = j; i < n; i++) l[i]![j]! /= pivot;
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i]![k]! * x[k]!;
    x[i]! /= l[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k]![i]! * x[k]!;
    x[i]! /= l[i]![i]!;
  }
  return x;
}

/** argmin over slopes of sum w (y - offset - slope . z)^2 / sum w + penalty |slope|^2, z standardised. */
export function ridge(
  rows: readonly (readonly number[])[],
  y: readonly number[],
  { penalty, weights = rows.map(() => 1) }: RidgeOptions,
): Linear {
  const total = weights.reduce((a, b) => a + b, 0);
  const average = (of: (i: number) => number) =>
    rows.reduce((sum, _, i) => sum + weights[i]! * of(i), 0) / total;
  const width = rows[0]?.length ?? 0;
  const mean = Array.from({ length: width }, (_, j) => average((i) => rows[i]![j]!));
  const scale = mean.map((m, j) => Math.sqrt(average((i) => (rows[i]![j]! - m) ** 2)) || 1);
  const offset = average((i) => y[i]!);
  const z = rows.map((row) => row.map((v, j) => (v - mean[j]!) / scale[j]!));
  const a = mean.map(() => new Float64Array(width));
  const b = new Float64Array(width);
  z.forEach((row, i) => {
    const w = weights[i]! / total;
    for (let j = 0; j < width; j++) {
      b[j]! += w * row[j]! * (y[i]! - offset);
      for (let k = 0; k <= j; k++) a[j]![k]! += w * row[j]! * row[k]!;
    }
  });
  for (let j = 0; j < width; j++) {
    a[j]![j]! += penalty;
    for (let k = 0; k < j; k++) a[k]![j] = a[j]![k]!;
  }
  const solution = solve(a, b);
  return { mean, slope: Array.from(solution, (v, j) => v / scale[j]!), offset };
}

export const linearAt = ({ mean, slope, offset }: Linear, x: readonly number[]): number =>
  slope.reduce((sum, m, j) => sum + m * (x[j]! - mean[j]!), offset);
