/** Whether samples depend on one another: a slow drift makes every interval too narrow. */

import { mean } from "../intervals.js";
import { percentileInterval } from "../percentile.js";
import { median } from "./quantile.js";

export interface Drift {
  /** Correlation of a sample with the next; null for fewer than three samples, or equal ones. */
  readonly lag1: number | null;
  /** Beyond what independent samples show in 95 of 100 cases. */
  readonly correlated: boolean;
  /** Median of the second half over that of the first; null for fewer than two samples. */
  readonly halvesRatio: number | null;
  /** The intervals of the two medians do not meet. */
  readonly drifting: boolean;
}

/**
 * Lag-1 autocorrelation: r = sum (x_t - m)(x_{t+1} - m) / sum (x_t - m)^2, m the mean of all (Box and Jenkins).
 *
 * @example
 * // Deviations -1.5, -0.5, 0.5, 1.5: (0.75 - 0.25 + 0.75) / 5.
 * lag1Autocorrelation([1, 2, 3, 4]) // 0.25
 */
export function lag1Autocorrelation(samples: ArrayLike<number>): number | null {
  if (samples.length < 3) return null;
  const centre = mean(samples);
  let products = 0;
  let squares = 0;
  for (let t = 0; t < samples.length; t++) {
    const here = samples[t]! - centre;
    squares += here * here;
    if (t + 1 < samples.length) products += here * (samples[t + 1]! - centre);
  }
  return squares === 0 ? null : products / squares;
}

/**
 * Two signs that samples were not drawn from one still distribution: neighbours alike (|r| > 1.96 / sqrt(n), the bound
 * for white noise), and a second half that is faster or slower than the first beyond the noise (distribution-free 95 %
 * intervals of the two medians that do not overlap), as thermal throttling makes it.
 *
 * @example
 * driftOf([1, 1.1, 1, 1.1, 1, 1.1, 2, 2.1, 2, 2.1, 2, 2.1]).drifting // true
 */
export function driftOf(samples: ArrayLike<number>): Drift {
  const values = Array.from(samples);
  const lag1 = lag1Autocorrelation(values);
  const correlated = lag1 !== null && Math.abs(lag1) > 1.96 / Math.sqrt(values.length);
  const half = Math.floor(values.length / 2);
  if (half === 0) return { lag1, correlated, halvesRatio: null, drifting: false };
  const first = values.slice(0, half);
  const second = values.slice(-half);
  const before = percentileInterval(first, 0.5);
  const after = percentileInterval(second, 0.5);
  const above = before.high !== null && after.low !== null && after.low > before.high;
  const below = before.low !== null && after.high !== null && after.high < before.low;
  return {
    lag1,
    correlated,
    halvesRatio: median(second) / median(first),
    drifting: above || below,
  };
}
