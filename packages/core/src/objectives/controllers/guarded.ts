/** What holds for every controller: a warm-up before it, and a floor under the accuracy beside it. */

import { nearestName, UserError } from "../../base/index.js";
import { type ControllerState, type Observation, requireNumbers } from "./controller.js";
import {
  type ControllerName,
  type ControllerOptions,
  controllerNames,
  controllers,
} from "./registry.js";

export interface GuardOptions {
  /** Steps at which the multiplier stays as it began. Default 0. */
  readonly warmup?: number;
  /** While the validation accuracy is below this, the multiplier does not rise. Default: no floor. */
  readonly accuracyFloor?: number;
}

/** A controller by name, with its options and guards: plain JSON, as a recipe has it. */
export type ControllerSpec = GuardOptions &
  {
    [K in ControllerName]: { readonly kind: K; readonly options: ControllerOptions[K] };
  }[ControllerName];

/** Plain JSON; everything that is needed to go on. */
export interface GuardedState extends ControllerState {
  readonly kind: ControllerName;
  readonly guard: GuardOptions;
  readonly inner: ControllerState;
  /** Last step told of. */
  readonly step: number;
  /** Steps that did not count: the warm-up, and those paused. */
  readonly pausedSteps: number;
  readonly isPaused: boolean;
  /** Last known; null until the first evaluation, when there is nothing to protect. */
  readonly accuracy: number | null;
}

/**
 * The state of a controller at the start of training.
 *
 * @throws UserError E_CONFIG for unknown controllers and options that are not allowed.
 * @example
 * const state = startController({ kind: "dualAscent", options: { rate: 0.1 }, accuracyFloor: 0.9 });
 * state.multiplier // 0
 */
export function startController(spec: ControllerSpec): GuardedState {
  const { kind, options, warmup = 0, accuracyFloor } = spec;
  const controller = controllers[kind];
  if (!controller) {
    const nearest = nearestName(kind, controllerNames);
    throw new UserError("E_CONFIG", `there is no controller "${kind}"`, {
      where: "objective.controller",
      allowed: controllerNames.join(", "),
      ...(nearest ? { next: `did you mean "${nearest}"?` } : {}),
    });
  }
  requireNumbers({ warmup, accuracyFloor }, { warmup: {}, accuracyFloor: { max: 1 } });
  const inner = controller.init(options as never);
  return {
    kind,
    guard: { warmup, ...(accuracyFloor === undefined ? {} : { accuracyFloor }) },
    inner,
    multiplier: inner.multiplier,
    step: 0,
    pausedSteps: 0,
    isPaused: false,
    accuracy: null,
  };
}

/**
 * The state after an observation. In the warm-up nothing moves. Below the accuracy floor what would raise the multiplier
 * does not happen, and time stands still for the controller; what lowers it does. Nothing is ever frozen for good:
 * with the accuracy back above its floor the multiplier rises again from where it stood.
 *
 * @example
 * let state = startController({ kind: "dualAscent", options: { rate: 0.1 }, accuracyFloor: 0.9 });
 * state = updateController(state, { step: 1, hard: 1, limit: 0.5, accuracy: 0.95 });
 * state.multiplier // 0.05
 * state = updateController(state, { step: 2, hard: 1, limit: 0.5, accuracy: 0.8 });
 * [state.multiplier, state.isPaused] // [0.05, true]
 */
export function updateController(state: GuardedState, observation: Observation): GuardedState {
  const { kind, guard, inner } = state;
  const { warmup = 0, accuracyFloor } = guard;
  const { step, accuracy = state.accuracy } = observation;
  const passed = Math.max(0, step - state.step);
  const seen = { ...state, step, accuracy };
  if (step <= warmup) return { ...seen, pausedSteps: state.pausedSteps + passed };
  const own = { ...observation, step: step - state.pausedSteps };
  const next = controllers[kind].update(inner, own);
  const isLow = accuracyFloor !== undefined && accuracy !== null && accuracy < accuracyFloor;
  if (isLow && next.multiplier > state.multiplier) {
    return { ...seen, pausedSteps: state.pausedSteps + passed, isPaused: true };
  }
  return { ...seen, inner: next, multiplier: next.multiplier, isPaused: isLow };
}

/**
 * The weight of the quadratic part that a controller asks for; undefined for those without one.
 *
 * @example
 * penaltyOf(startController({ kind: "augmented", options: { penalty: 2 } })) // 2
 */
export const penaltyOf = ({ kind, inner }: GuardedState): number | undefined =>
  controllers[kind].penalty?.(inner);
