/** Intervals by resampling: paired over samples, and two-level over seeds and samples. */

import { UserError } from "../base/index.js";
import { randomStream, type Stream } from "../random/index.js";
import { type Interval, mean } from "./intervals.js";
import { percentile } from "./percentile.js";

export interface BootstrapOptions {
  /** Default 1000. */
  readonly replicates?: number;
  readonly level?: number;
  /** Equal seeds give equal intervals. Default 0. */
  readonly seed?: number;
}

export interface BootstrapResult extends Interval {
  readonly estimate: number;
}

function interval(
  estimate: number,
  { replicates = 1000, level = 0.95, seed = 0 }: BootstrapOptions,
  draw: (stream: Stream) => number,
): BootstrapResult {
  const stream = randomStream(seed, "bootstrap");
  const values = Float64Array.from({ length: replicates }, () => draw(stream));
  return {
    estimate,
    low: percentile(values, (1 - level) / 2),
    high: percentile(values, (1 + level) / 2),
  };
}

/**
 * Mean difference a - b on the same samples, with a percentile bootstrap interval (Efron 1979).
 * Pairs are drawn together, so what both find hard cancels.
 *
 * @example
 * // What two models got right on the same four samples.
 * pairedBootstrap([1, 1, 1, 0], [1, 0, 1, 0], { seed: 1 }).estimate // 0.25
 */
export function pairedBootstrap(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: BootstrapOptions = {},
): BootstrapResult {
  if (a.length !== b.length || a.length === 0) {
    throw new UserError("E_USAGE", `a paired comparison of ${a.length} and ${b.length} values`, {
      allowed: "equally many, at least one",
    });
  }
  const difference = Float64Array.from(a, (v, i) => v - b[i]!);
  return interval(mean(difference), options, (stream) => {
    let sum = 0;
    for (let i = 0; i < difference.length; i++) sum += difference[stream.integer(a.length)]!;
    return sum / difference.length;
  });
}

/**
 * Mean over seeds of the mean over samples; each replicate draws seeds, then samples within each drawn seed.
 * Pooling all samples of all seeds would pass off few seeds as many observations.
 *
 * @example
 * twoLevelBootstrap([[1, 1, 0, 0], [1, 1, 1, 1]]).estimate // 0.75
 */
export function twoLevelBootstrap(
  perSeed: readonly ArrayLike<number>[],
  options: BootstrapOptions = {},
): BootstrapResult {
  if (perSeed.length === 0 || perSeed.some((s) => s.length === 0)) {
    throw new UserError("E_USAGE", "a two-level bootstrap over nothing", {
      allowed: "at least one seed, each with at least one sample",
    });
  }
  return interval(mean(perSeed.map(mean)), options, (stream) => {
    let total = 0;
    for (let s = 0; s < perSeed.length; s++) {
      const samples = perSeed[stream.integer(perSeed.length)]!;
      let sum = 0;
      for (let i = 0; i < samples.length; i++) sum += samples[stream.integer(samples.length)]!;
      total += sum / samples.length;
    }
    return total / perSeed.length;
  });
}
