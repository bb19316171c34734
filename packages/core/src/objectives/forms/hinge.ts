/** Hinge: nothing below the limit, a price above it. */

import { functions as f } from "../../ops/index.js";
import { type ObjectiveForm, requireLimit } from "./form.js";

/**
 * lambda * max(0, c - l). The limit comes down from the start value in a ramp (`rampedLimit`), so that the network is
 * not asked for everything while it has learnt nothing.
 */
export const hingeForm: ObjectiveForm = {
  name: "hinge",
  title: "price above the limit",
  formula: "lambda * max(0, c - l)",
  behaviour:
    "Leaves the network alone once the limit holds. With lambda below the dual value of the limit it stays above it; nothing corrects a gap between soft and hard cost.",
  source: "DUCCIO in PLiNIO (Burrello et al. 2023, arXiv:2310.07217)",
  limit: "required",
  multiplier: "weight",
  scalars: ["multiplier", "limit"],
  controller: "constant",
  term: (input) =>
    f.mul(input.multiplier, f.relu(f.sub(input.normalised, requireLimit(input, "hinge")))),
};

export interface RampedLimitOptions {
  /** Steps until the limit is in force. 0: at once. */
  readonly steps: number;
  /** Steps before the ramp begins. Default 0. */
  readonly start?: number;
}

/**
 * The limit at each step, from 1 (the cost at the start) down to `limit` in a straight line: l_t = 1 + (l - 1) * t / T.
 *
 * @example
 * const limit = rampedLimit(0.5, { steps: 100 });
 * [limit(0), limit(50), limit(500)] // [1, 0.75, 0.5]
 */
export function rampedLimit(
  limit: number,
  { steps, start = 0 }: RampedLimitOptions,
): (step: number) => number {
  if (steps === 0) return (step) => (step < start ? 1 : limit);
  return (step) => 1 + (limit - 1) * Math.min(1, Math.max(0, (step - start) / steps));
}
