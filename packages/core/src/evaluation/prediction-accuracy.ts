/** How well predicted quantities agree with measured ones: of latency models on networks that they have not seen. */

import { UserError } from "../base/index.js";
import { mean } from "./intervals.js";
import { spearman } from "./ranks.js";
import { median } from "./timing/quantile.js";

export interface PredictionAccuracy {
  readonly count: number;
  /** Mean and median of |predicted - measured| / measured. */
  readonly meanRelativeError: number;
  readonly medianRelativeError: number;
  /** Shares of the predictions within 5 and 10 % of what was measured. */
  readonly within5: number;
  readonly within10: number;
  /** Root of the mean squared error, in the unit of the measurements. */
  readonly rmse: number;
  /** Rank correlation: whether the order is right, however wrong the scale. */
  readonly spearman: number;
}

/**
 * Agreement of predictions with measurements, as nn-Meter reports it (shares within 5 and 10 %, RMSE), and of their order.
 *
 * @throws UserError where there are fewer than two pairs, or a measurement is not positive.
 * @example
 * predictionAccuracy([1.04, 2.2, 2.7], [1, 2, 3]).within5 // 0.3333
 */
export function predictionAccuracy(
  predicted: readonly number[],
  measured: readonly number[],
): PredictionAccuracy {
  if (
    predicted.length !== measured.length ||
    measured.length < 2 ||
    measured.some((m) => !(m > 0))
  ) {
    throw new UserError(
      "E_USAGE",
      `accuracy of ${predicted.length} predictions on ${measured.length} measurements`,
      { allowed: "equally many, at least two, the measurements positive" },
    );
  }
  const errors = predicted.map((p, i) => Math.abs(p - measured[i]!) / measured[i]!);
  // Half a unit in the last places: 1.05 is within 5 % of 1, whatever binary fractions make of it.
  const within = (limit: number) => mean(errors.map((e) => (e <= limit + 1e-12 ? 1 : 0)));
  return {
    count: errors.length,
    meanRelativeError: mean(errors),
    medianRelativeError: median(errors),
    within5: within(0.05),
    within10: within(0.1),
    rmse: Math.sqrt(mean(predicted.map((p, i) => (p - measured[i]!) ** 2))),
    spearman: spearman(predicted, measured),
  };
}
