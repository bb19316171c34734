/** Percentiles by nearest rank, and how well a sample knows them. */

import { UserError } from "../base/index.js";
import { binomialCdf } from "./distributions.js";
import { ascending, quantile } from "./timing/quantile.js";

function requireSample(values: ArrayLike<number>, p: number): void {
  if (values.length === 0 || !(p > 0 && p <= 1)) {
    throw new UserError("E_USAGE", `percentile ${p} of ${values.length} values`, {
      allowed: "at least one value, and 0 < p <= 1",
    });
  }
}

/**
 * The nearest-rank percentile x_(ceil(p n)): always a value that was measured, never interpolated.
 *
 * @example
 * percentile([1, 2, 3, 4], 0.5) // 2
 */
export function percentile(values: ArrayLike<number>, p: number): number {
  requireSample(values, p);
  return quantile(values, p, { definition: "nearest-rank" });
}

export interface PercentileInterval {
  /** null: the sample is too small to bound that side. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Distribution-free interval of a percentile: order statistics x_(l), x_(u) with P(l <= Bin(n, p) < u) >= level.
 *
 * @example
 * // Three values cannot bound their median at 95 %.
 * percentileInterval([1, 2, 3], 0.5) // { low: null, high: null }
 */
export function percentileInterval(
  values: ArrayLike<number>,
  p: number,
  { level = 0.95 }: { readonly level?: number } = {},
): PercentileInterval {
  requireSample(values, p);
  const n = values.length;
  const alpha = (1 - level) / 2;
  const order = ascending(values);
  let l = 0;
  while (l < n && binomialCdf(l, n, p) <= alpha) l++;
  let u = n + 1;
  while (u > 1 && binomialCdf(u - 2, n, p) >= 1 - alpha) u--;
  return { low: l === 0 ? null : order[l - 1]!, high: u > n ? null : order[u - 1]! };
}
