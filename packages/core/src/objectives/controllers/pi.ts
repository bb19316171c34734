/** A PI controller of the multiplier: dual ascent with a proportional part that damps it. */

import {
  type Controller,
  type ControllerState,
  clamp,
  DEFAULT_MAX,
  requireNumbers,
  violationOf,
} from "./controller.js";

export interface PiOptions {
  /** ki: what a violation by the whole start cost adds in one update, for good. Default 0.01. */
  readonly integral?: number;
  /** kp: what it adds while it lasts. Default 1. */
  readonly proportional?: number;
  /** nu in [0, 1): how much of the last smoothed violation is kept, where costs are noisy. Default 0. */
  readonly smoothing?: number;
  /** Default 0. */
  readonly initial?: number;
  /** Default 1000. */
  readonly max?: number;
}

export interface PiState extends ControllerState {
  readonly options: PiOptions;
  /** Sum of ki * e. */
  readonly integral: number;
  /** Violation, smoothed. */
  readonly smoothed: number;
}

/**
 * With e = hard - l, and xi <- nu * xi + (1 - nu) * e:
 *
 *   I  <- clamp(I + ki * e, 0, max)
 *   mu  = clamp(I + kp * xi, 0, max)
 *
 * The integral does not wind up: it stays within the bounds of the multiplier, and does not grow while the multiplier
 * stands at its upper bound.
 */
export const piController: Controller<PiOptions, PiState> = {
  name: "pi",
  title: "PI controller",
  formula: "mu = clamp(I + kp * xi, 0, max), I <- clamp(I + ki * e, 0, max)",
  source: "nuPI (Sohrabi et al. 2024, arXiv:2406.04558), with the integral projected",
  needsLimit: true,
  init(options) {
    requireNumbers(options, {
      integral: { isAbove: true },
      proportional: {},
      smoothing: { max: 0.9999 },
      initial: {},
      max: { isAbove: true },
    });
    const { initial = 0 } = options;
    return { options, multiplier: initial, integral: initial, smoothed: 0 };
  },
  update(state, observation) {
    const { options } = state;
    const { integral: ki = 0.01, proportional: kp = 1, smoothing: nu = 0 } = options;
    const { max = DEFAULT_MAX } = options;
    const e = violationOf(observation);
    const smoothed = nu * state.smoothed + (1 - nu) * e;
    const isSaturated = state.multiplier >= max && e > 0;
    const integral = isSaturated ? state.integral : clamp(state.integral + ki * e, 0, max);
    const multiplier = clamp(integral + kp * smoothed, 0, max);
    return { options, multiplier, integral, smoothed };
  },
  multiplier: (state) => state.multiplier,
};
