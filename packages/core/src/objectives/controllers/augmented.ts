/** The method of multipliers: dual ascent whose step is the penalty, and a penalty that grows while progress is slow. */

import { UserError } from "../../base/index.js";
import {
  type Controller,
  type ControllerState,
  clamp,
  DEFAULT_MAX,
  requireNumbers,
  violationOf,
} from "./controller.js";

export interface AugmentedOptions {
  /** First rho. Default 1. */
  readonly penalty?: number;
  /** Factor of rho after a period without enough progress. Default 2. */
  readonly growth?: number;
  /** Default 100. */
  readonly maxPenalty?: number;
  /** Progress is enough if the violation fell to this share of what it was. Default 0.5. */
  readonly progress?: number;
  /** Updates between two looks at the progress. Default 100. */
  readonly period?: number;
  /** Violations up to this are none, as far as rho is concerned. Default 0.001. */
  readonly tolerance?: number;
  /** Step of the multiplier, as a share of rho; 1 where the inner problem is solved before every update. Default 0.05. */
  readonly rate?: number;
  /** Default 0. */
  readonly initial?: number;
  /** Default 1000. */
  readonly max?: number;
}

export interface AugmentedState extends ControllerState {
  readonly options: AugmentedOptions;
  readonly penalty: number;
  /** Updates since the last look. */
  readonly updates: number;
  /** Violation at the last look; null before the first one. */
  readonly before: number | null;
}

function nextPenalty(state: AugmentedState, violation: number): number {
  const { growth = 2, maxPenalty = 100, progress = 0.5, tolerance = 1e-3 } = state.options;
  const isSlow =
    state.before !== null && violation > tolerance && violation > progress * state.before;
  return isSlow ? Math.min(maxPenalty, growth * state.penalty) : state.penalty;
}

/**
 *   mu  <- clamp(mu + rate * rho * max(hard - l, -mu / rho), 0, max)
 *   rho <- growth * rho where, over a period, max(0, hard - l) did not fall to `progress` of what it was
 *
 * The inner maximum is the slack of the inequality: what is far below its limit takes mu down by `rate * mu`, not by more.
 */
export const augmentedController: Controller<AugmentedOptions, AugmentedState> = {
  name: "augmented",
  title: "method of multipliers",
  formula: "mu <- clamp(mu + rate * rho * max(hard - l, -mu / rho), 0, max), rho growing",
  source: "Bertsekas, Constrained Optimization and Lagrange Multiplier Methods, 1982, 2.2 and 3.1",
  needsLimit: true,
  init(options) {
    requireNumbers(options, {
      penalty: { isAbove: true },
      growth: { min: 1 },
      maxPenalty: { isAbove: true },
      progress: { max: 1 },
      period: { min: 1 },
      tolerance: {},
      rate: { isAbove: true, max: 1 },
      initial: {},
      max: { isAbove: true },
    });
    const { penalty = 1, maxPenalty = 100, initial = 0 } = options;
    if (penalty > maxPenalty) {
      throw new UserError("E_CONFIG", `penalty is ${penalty}, and may be at most ${maxPenalty}`, {
        where: "objective.controller.penalty",
        next: "raise maxPenalty",
      });
    }
    return { options, multiplier: initial, penalty, updates: 0, before: null };
  },
  update(state, observation) {
    const { options, multiplier, penalty } = state;
    const { rate = 0.05, max = DEFAULT_MAX, period = 100 } = options;
    const excess = violationOf(observation);
    const step = rate * penalty * Math.max(excess, -multiplier / penalty);
    const next = clamp(multiplier + step, 0, max);
    const updates = state.updates + 1;
    if (updates < period) return { ...state, multiplier: next, updates };
    const violation = Math.max(0, excess);
    return {
      options,
      multiplier: next,
      penalty: nextPenalty(state, violation),
      updates: 0,
      before: violation,
    };
  },
  multiplier: (state) => state.multiplier,
  penalty: (state) => state.penalty,
};
