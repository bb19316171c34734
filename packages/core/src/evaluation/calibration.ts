/** Whether confidence means what it says: calibration error, Brier score, likelihood. */

import { UserError } from "../base/index.js";

export interface CalibrationOptions {
  /** Equal-width bins, closed on the right. Default 15. */
  readonly bins?: number;
}

export interface CalibrationBin {
  readonly count: number;
  readonly accuracy: number;
  readonly confidence: number;
}

function requirePairs(confidence: ArrayLike<number>, correct: ArrayLike<number>): void {
  if (confidence.length !== correct.length || confidence.length === 0) {
    throw new UserError(
      "E_USAGE",
      `${confidence.length} confidences for ${correct.length} outcomes`,
      { allowed: "equally many, at least one" },
    );
  }
}

/**
 * Reliability table: bin b holds confidences in (b/B, (b+1)/B]; 0 falls into the first. Empty bins are kept.
 *
 * @example
 * reliability([0.2, 0.8], [0, 1], { bins: 2 }).map((b) => b.count) // [1, 1]
 */
export function reliability(
  confidence: ArrayLike<number>,
  correct: ArrayLike<number>,
  { bins = 15 }: CalibrationOptions = {},
): CalibrationBin[] {
  requirePairs(confidence, correct);
  const table = Array.from({ length: bins }, () => ({ count: 0, hits: 0, sum: 0 }));
  for (let i = 0; i < confidence.length; i++) {
    const c = confidence[i]!;
    // Rounding must not lift a value that sits on an edge into the next bin: 0.6 * 5 is 3.0000000000000004 in places.
    const b = Math.min(bins - 1, Math.max(0, Math.ceil(c * bins - 1e-9) - 1));
    const row = table[b]!;
    row.count++;
    row.hits += correct[i]! ? 1 : 0;
    row.sum += c;
  }
  return table.map(({ count, hits, sum }) => ({
    count,
    accuracy: count === 0 ? 0 : hits / count,
    confidence: count === 0 ? 0 : sum / count,
  }));
}

/**
 * Expected calibration error: sum_b (n_b / n) |acc_b - conf_b|. Guo et al., ICML 2017.
 *
 * confidence: of the predicted class. correct: 1 or 0. Compare only equal bins and equal n.
 *
 * @example
 * // Two predictions at 0.8, one of them right.
 * expectedCalibrationError([0.8, 0.8], [1, 0]) // 0.3
 */
export function expectedCalibrationError(
  confidence: ArrayLike<number>,
  correct: ArrayLike<number>,
  options: CalibrationOptions = {},
): number {
  return reliability(confidence, correct, options).reduce(
    (sum, b) => sum + (b.count / confidence.length) * Math.abs(b.accuracy - b.confidence),
    0,
  );
}

/**
 * The same sum with its sign: positive is over-confident.
 *
 * @example
 * signedCalibrationError([0.8, 0.8], [1, 1]) // -0.2
 */
export function signedCalibrationError(
  confidence: ArrayLike<number>,
  correct: ArrayLike<number>,
  options: CalibrationOptions = {},
): number {
  return reliability(confidence, correct, options).reduce(
    (sum, b) => sum + (b.count / confidence.length) * (b.confidence - b.accuracy),
    0,
  );
}

/**
 * Brier score of the top class: mean (confidence - correct)^2.
 *
 * @example
 * brierScore([0.9, 0.6], [1, 0]) // 0.185
 */
export function brierScore(confidence: ArrayLike<number>, correct: ArrayLike<number>): number {
  requirePairs(confidence, correct);
  let sum = 0;
  for (let i = 0; i < confidence.length; i++) sum += (confidence[i]! - (correct[i]! ? 1 : 0)) ** 2;
  return sum / confidence.length;
}
