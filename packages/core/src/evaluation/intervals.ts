/** Intervals for shares and means: Wilson for accuracies, Student's t over seeds. */

import { UserError } from "../base/index.js";
import { normalQuantile, studentQuantile } from "./distributions.js";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface LevelOptions {
  /** Two-sided confidence. Default 0.95. */
  readonly level?: number;
}

/**
 * Wilson's interval for a share: never leaves [0, 1], honest for small n and for shares near 1.
 *
 * (p + z^2/2n ± z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), z the normal quantile. Wilson, JASA 1927.
 *
 * @example
 * wilson(90, 100) // { low: 0.8256, high: 0.9448 }
 */
export function wilson(
  successes: number,
  n: number,
  { level = 0.95 }: LevelOptions = {},
): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const z = normalQuantile((1 + level) / 2);
  const p = successes / n;
  const centre = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) };
}

/**
 * The arithmetic mean.
 *
 * @example
 * mean([1, 2, 6]) // 3
 */
export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

/**
 * Sample standard deviation (n - 1); 0 for a single value.
 *
 * @example
 * standardDeviation([1, 2, 3]) // 1
 */
export function standardDeviation(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

/** A mean over seeds. `interval` is null for a single seed: nothing is known of its spread. */
export interface SeedSummary {
  readonly mean: number;
  readonly sd: number;
  readonly n: number;
  readonly interval: Interval | null;
}

/**
 * Mean, standard deviation and t-interval over seeds. A best of n is on purpose not offered.
 *
 * @example
 * summariseSeeds([0.90, 0.91, 0.92]) // { n: 3, mean: 0.91, ... }
 */
export function summariseSeeds(
  values: readonly number[],
  { level = 0.95 }: LevelOptions = {},
): SeedSummary {
  if (values.length === 0) {
    throw new UserError("E_USAGE", "a summary over no seeds", { allowed: "at least one value" });
  }
  const centre = mean(values);
  const sd = standardDeviation(values);
  const n = values.length;
  if (n === 1) return { mean: centre, sd, n, interval: null };
  const half = (studentQuantile((1 + level) / 2, n - 1) * sd) / Math.sqrt(n);
  return { mean: centre, sd, n, interval: { low: centre - half, high: centre + half } };
}
