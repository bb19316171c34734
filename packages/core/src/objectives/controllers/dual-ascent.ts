/** Projected dual ascent: the multiplier rises while the limit is broken, and falls while it is kept. */

import {
  type Controller,
  type ControllerState,
  clamp,
  DEFAULT_MAX,
  requireNumbers,
  violationOf,
} from "./controller.js";

export interface DualAscentOptions {
  /** eta: what a violation by the whole start cost adds in one update. Default 0.01. */
  readonly rate?: number;
  /** Default 0. */
  readonly initial?: number;
  /** Default 1000. */
  readonly max?: number;
}

export interface DualAscentState extends ControllerState {
  readonly options: DualAscentOptions;
}

/** mu <- min(max, max(0, mu + eta * (hard - l))). */
export const dualAscentController: Controller<DualAscentOptions, DualAscentState> = {
  name: "dualAscent",
  title: "dual ascent",
  formula: "mu <- clamp(mu + eta * (hard - l), 0, max)",
  source: "Arrow, Hurwicz and Uzawa 1958; Cooper, arXiv:2504.01212",
  needsLimit: true,
  init(options) {
    requireNumbers(options, { rate: { isAbove: true }, initial: {}, max: { isAbove: true } });
    return { options, multiplier: options.initial ?? 0 };
  },
  update({ options, multiplier }, observation) {
    const { rate = 0.01, max = DEFAULT_MAX } = options;
    return { options, multiplier: clamp(multiplier + rate * violationOf(observation), 0, max) };
  },
  multiplier: (state) => state.multiplier,
};
