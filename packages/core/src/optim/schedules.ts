/** Learning-rate schedules: factors of the base rate, as functions of the step (from 0) and the number of steps. */

import { UserError } from "../base/index.js";
import { requireRange } from "./options.js";

/** Factor of the base value at step 0 <= step < total. */
export type Schedule = (step: number, total: number) => number;

export const constant = (): Schedule => () => 1;

export interface StepOptions {
  /** When, as shares of the run, ascending. Default [0.5, 0.75]. */
  readonly at?: readonly number[];
  /** What the factor is multiplied by each time. Default 0.1. */
  readonly gamma?: number;
}

/** gamma^(number of passed milestones); torch's MultiStepLR. */
export function step({ at = [0.5, 0.75], gamma = 0.1 }: StepOptions = {}): Schedule {
  requireRange("step schedule", Object.fromEntries(at.map((t, i) => [`at[${i}]`, [t, 0, 1]])));
  return (s, total) => gamma ** at.filter((share) => s >= Math.round(share * total)).length;
}

export interface FinalOptions {
  /** Factor at the end of the run. */
  readonly final?: number;
}

/** final^(step / total); torch's ExponentialLR with gamma = final^(1 / total). Default final 0.01. */
export function exponential({ final = 0.01 }: FinalOptions = {}): Schedule {
  if (!(final > 0)) {
    throw new UserError("E_CONFIG", `final is ${final}`, {
      where: "exponential schedule",
      allowed: "a number above 0",
    });
  }
  return (s, total) => final ** (s / total);
}

/** Half a cosine from `from` to `to`, at t in [0, 1]. */
const cosineBetween = (from: number, to: number, t: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * t))) / 2;

/** Half a cosine from 1 to `final` (Loshchilov and Hutter 2017, without restarts). Default final 0. */
export const cosine =
  ({ final = 0 }: FinalOptions = {}): Schedule =>
  (s, total) =>
    cosineBetween(1, final, s / total);

export interface OneCycleOptions {
  /** Share of the run in which the rate rises. Default 0.3. */
  readonly rise?: number;
  /** The first rate is the largest divided by this. Default 25. */
  readonly startDivisor?: number;
  /** The last rate is the first divided by this. Default 1e4. */
  readonly finalDivisor?: number;
}

/** Up along half a cosine, then down to almost nothing (Smith and Topin 2018); torch's OneCycleLR. */
export function oneCycle(options: OneCycleOptions = {}): Schedule {
  const { rise = 0.3, startDivisor = 25, finalDivisor = 1e4 } = options;
  requireRange("one-cycle schedule", { rise: [rise, 0, 1] });
  const start = 1 / startDivisor;
  return (s, total) => {
    const peak = rise * total - 1;
    if (s <= peak) return cosineBetween(start, 1, peak > 0 ? s / peak : 1);
    const fall = total - 1 - peak;
    return cosineBetween(1, start / finalDivisor, fall > 0 ? Math.min(1, (s - peak) / fall) : 1);
  };
}

export interface WarmupOptions {
  /** Length as a share of the run. Default 0.05. */
  readonly share?: number;
  /** Length in steps, instead of a share. */
  readonly steps?: number;
  /** First factor. Default 0.01. */
  readonly start?: number;
}

/**
 * Rises linearly from `start` to 1, then follows `after` over the rest of the run; torch's LinearLR within
 * SequentialLR (Goyal et al. 2017).
 *
 * @example
 * warmup(cosine(), { share: 0.1 })
 */
export function warmup(after: Schedule, options: WarmupOptions = {}): Schedule {
  const { share = 0.05, steps, start = 0.01 } = options;
  requireRange("warm-up", { share: [share, 0, 1], steps: [steps ?? 0, 0, Infinity] });
  return (s, total) => {
    const length = Math.min(total, steps ?? Math.round(share * total));
    return s < length ? start + ((1 - start) * s) / length : after(s - length, total - length);
  };
}
