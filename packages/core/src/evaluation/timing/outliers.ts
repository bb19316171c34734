/** Samples far from the rest: flagged and counted, never removed, for they are what a tail percentile is about. */

import { mean } from "../intervals.js";
import { median } from "./quantile.js";

export interface OutlierReport {
  /** Positions in the order in which the samples were taken. */
  readonly indices: readonly number[];
  readonly count: number;
  /** As a diagnosis beside the mean of all; null where all samples are flagged or none is. */
  readonly meanWithout: number | null;
}

/** Scales a median absolute deviation to the standard deviation of a normal distribution. */
const MAD_TO_SD = 0.6745;
/** The same for a mean absolute deviation. */
const MEAN_AD_TO_SD = 0.7979;

/**
 * Samples whose modified z-score 0.6745 (x - median) / MAD is beyond `threshold` (Iglewicz and Hoaglin 1993: 3.5). Where
 * more than half of the samples are equal the MAD is 0, and the mean absolute deviation takes its place.
 *
 * @example
 * flagOutliers([10, 11, 10, 12, 11, 50]) // { indices: [5], count: 1, meanWithout: 10.8 }
 */
export function flagOutliers(
  samples: ArrayLike<number>,
  { threshold = 3.5 }: { readonly threshold?: number } = {},
): OutlierReport {
  if (samples.length === 0) return { indices: [], count: 0, meanWithout: null };
  const values = Array.from(samples);
  const centre = median(values);
  const deviations = values.map((v) => Math.abs(v - centre));
  const mad = median(deviations);
  const unit = mad > 0 ? mad / MAD_TO_SD : mean(deviations) / MEAN_AD_TO_SD;
  const far = (i: number): boolean => deviations[i]! > threshold * unit;
  const indices = unit > 0 ? values.flatMap((_, i) => (far(i) ? [i] : [])) : [];
  const kept = values.filter((_, i) => unit === 0 || !far(i));
  const diagnostic = indices.length > 0 && kept.length > 0;
  return { indices, count: indices.length, meanWithout: diagnostic ? mean(kept) : null };
}
