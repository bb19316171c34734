/** How much slower one thing is than another, from rounds in which both were timed. */

import { UserError } from "../../base/index.js";
import { randomStream } from "../../random/index.js";
import { median, quantile } from "./quantile.js";

export interface RatioInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Below six, even the smallest and the largest ratio bound the median with less than 95 %: 2 * 0.5^5 > 0.05. */
export const LEAST_ROUNDS = 6;

/**
 * Median of the ratios a / b of rounds in which both were measured, with a percentile bootstrap interval over the rounds
 * (Efron 1979). What slows a whole round down meets both and cancels. Below 1: a is faster.
 *
 * @throws UserError E_USAGE for lists of unequal length, fewer than six rounds, or times that are not positive.
 * @example
 * pairedRatio([2, 4, 6, 2, 4, 6], [1, 2, 3, 1, 2, 3]) // { median: 2, low: 2, high: 2 }
 */
export function pairedRatio(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  {
    level = 0.95,
    replicates = 2000,
    seed = 0,
  }: { readonly level?: number; readonly replicates?: number; readonly seed?: number } = {},
): RatioInterval {
  if (a.length !== b.length || a.length < LEAST_ROUNDS) {
    throw new UserError("E_USAGE", `a ratio of ${a.length} and ${b.length} rounds`, {
      allowed: `equally many rounds, at least ${LEAST_ROUNDS}`,
    });
  }
  const ratios = Array.from(a, (v, i) => v / b[i]!);
  if (!ratios.every((r) => r > 0 && Number.isFinite(r))) {
    throw new UserError("E_USAGE", "a ratio of times that are not positive", {
      allowed: "positive times",
    });
  }
  const stream = randomStream(seed, "ratio");
  const medians = Float64Array.from({ length: replicates }, () =>
    median(ratios.map(() => ratios[stream.integer(ratios.length)]!)),
  );
  const bound = (p: number): number => quantile(medians, p, { definition: "nearest-rank" });
  return { median: median(ratios), low: bound((1 - level) / 2), high: bound((1 + level) / 2) };
}
