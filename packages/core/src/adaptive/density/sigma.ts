/** Schedules of sigma: pure functions of the training step. */

import { UserError } from "../../base/index.js";
import { requirePositive } from "./penalty.js";

/** Sigma at a step, counted from 0. */
export type SigmaSchedule = (step: number) => number;

/**
 * From one width to another by equal factors, then constant. From wide to narrow, values of every size are pulled at
 * first, and small ones decide at last: with a small sigma from the start hardly any gradient reaches values near 1.
 *
 * @throws UserError E_CONFIG for a width <= 0, or steps that are no whole number of at least 1.
 * @example
 * geometricSigma({ from: 1, to: 1e-4, steps: 100 })(50).toFixed(6) // "0.010000"
 */
export function geometricSigma({
  from,
  to,
  steps,
}: {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}): SigmaSchedule {
  requirePositive(from, "objective.sigma.from");
  requirePositive(to, "objective.sigma.to");
  if (!Number.isInteger(steps) || steps < 1) {
    throw new UserError("E_CONFIG", `steps is ${steps}`, {
      where: "objective.sigma.steps",
      allowed: "a whole number >= 1",
    });
  }
  return (step) => from * (to / from) ** Math.min(1, step / steps);
}
