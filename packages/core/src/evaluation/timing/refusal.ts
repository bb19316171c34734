/** Percentiles that refuse to be printed from too few samples. */

import { UserError } from "../../base/index.js";
import { binomialCdf } from "../distributions.js";
import { percentileInterval } from "../percentile.js";
import { type QuantileDefinition, quantile } from "./quantile.js";

/** A percentile with its interval, or why there is none and how many samples it needs. */
export type PercentileResult =
  | { readonly ms: number; readonly low: number; readonly high: number }
  | { readonly refused: string; readonly needs: number };

export interface SamplesNeededOptions {
  /** That the bound holds. Default 0.95. */
  readonly confidence?: number;
  /** Samples that may lie above the bound: 0 bounds by the largest, 1 by the second largest. Default 0. */
  readonly exceedances?: number;
}

function requireOptions(p: number, confidence: number, exceedances: number): void {
  const valid = p > 0 && p < 1 && confidence > 0 && confidence < 1;
  if (valid && Number.isInteger(exceedances) && exceedances >= 0) return;
  throw new UserError(
    "E_USAGE",
    `samples for p = ${p}, confidence ${confidence}, ${exceedances} exceedances`,
    { allowed: "p and confidence strictly between 0 and 1, a whole number of exceedances" },
  );
}

/**
 * Least n for which an order statistic bounds the p-quantile from above without any assumption on its distribution:
 * P(Bin(n, 1 - p) <= t) <= 1 - confidence, with t exceedances allowed. MLPerf's least query counts 64 (p90) and 662 (p99)
 * are this with confidence 0.99 and t = 1 (mlcommons/inference, early stopping).
 *
 * @throws UserError E_USAGE for p or confidence outside (0, 1).
 * @example
 * samplesNeeded(0.95) // 59
 * @example
 * samplesNeeded(0.99, { confidence: 0.99, exceedances: 1 }) // 662
 */
export function samplesNeeded(
  p: number,
  { confidence = 0.95, exceedances = 0 }: SamplesNeededOptions = {},
): number {
  requireOptions(p, confidence, exceedances);
  const enough = (n: number): boolean =>
    n > exceedances && binomialCdf(exceedances, n, 1 - p) <= 1 - confidence;
  let high = exceedances + 1;
  while (!enough(high)) high *= 2;
  let low = Math.floor(high / 2);
  // The probability falls with n, so halving finds the first.
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

export interface RefusalOptions extends SamplesNeededOptions {
  readonly definition?: QuantileDefinition;
}

/**
 * The p-quantile with a distribution-free interval, each of whose two bounds holds with `confidence`; or a refusal with
 * the number of samples it needs, where one of the bounds does not exist.
 *
 * @example
 * // 0.5^5 = 0.031 <= 0.05: the smallest and the largest of five bound the median.
 * percentileOrRefusal([1, 2, 3, 4, 5], 0.5) // { ms: 3, low: 1, high: 5 }
 * @example
 * percentileOrRefusal([1, 2, 3, 4, 5], 0.99) // { refused: "...", needs: 299 }
 */
export function percentileOrRefusal(
  samples: ArrayLike<number>,
  p: number,
  { confidence = 0.95, exceedances = 0, definition = "loadgen" }: RefusalOptions = {},
): PercentileResult {
  // The lower bound of p is the upper bound of 1 - p in the mirror.
  const needs = Math.max(
    samplesNeeded(p, { confidence, exceedances }),
    samplesNeeded(1 - p, { confidence, exceedances }),
  );
  const refuse = (): PercentileResult => ({
    refused: `not estimable (n = ${samples.length}): p${Number((p * 100).toFixed(4))} needs ${needs} samples`,
    needs,
  });
  if (samples.length < needs) return refuse();
  const { low, high } = percentileInterval(samples, p, { level: 2 * confidence - 1 });
  if (low === null || high === null) return refuse();
  return { ms: quantile(samples, p, { definition }), low, high };
}
