/** What sets a multiplier: a state machine outside the graph, whose state is plain JSON. */

import { UserError } from "../../base/index.js";

/** What a controller is told. Costs and limits are shares of the cost at the start. */
export interface Observation {
  /** Finished steps. */
  readonly step: number;
  /** The discrete cost, with the decisions really taken: the one that the limit is about. */
  readonly hard: number;
  readonly limit: number;
  /** For records. No controller reads it: a limit on what the weights see is not the limit that was asked for. */
  readonly soft?: number;
  /** Of the validation set, where it was measured since the last update. */
  readonly accuracy?: number;
}

export interface ControllerState {
  /** What the next step is fed. */
  readonly multiplier: number;
}

/**
 * A multiplier over time. `update` is a pure function, and a state that went through JSON goes on as if it had not: that is
 * what resuming needs. Options are part of the state.
 */
export interface Controller<
  Options extends object = object,
  State extends ControllerState = ControllerState,
> {
  readonly name: string;
  readonly title: string;
  readonly formula: string;
  readonly source: string;
  /** Whether it follows the cost; schedules follow the step alone. */
  readonly needsLimit: boolean;
  /** @throws UserError E_CONFIG for options that are not allowed. */
  init(options: Options): State;
  update(state: State, observation: Observation): State;
  multiplier(state: State): number;
  /** Weight of the quadratic part of an augmented Lagrangian. */
  penalty?(state: State): number;
}

/** hard - limit, or an error: one NaN would stay in the multiplier for good. */
export function violationOf({ hard, limit, step }: Observation): number {
  const violation = hard - limit;
  if (Number.isFinite(violation)) return violation;
  throw new UserError("E_NUMERIC", `a controller was told of cost ${hard} and limit ${limit}`, {
    where: `step ${step}`,
    allowed: "finite numbers",
  });
}

export interface NumberRule {
  readonly min?: number;
  readonly max?: number;
  /** Whether `min` itself is not allowed. */
  readonly isAbove?: boolean;
}

/** Throws unless each option that is given is a finite number within its bounds. */
export function requireNumbers<T extends object>(
  options: T,
  rules: { readonly [K in keyof T]?: NumberRule },
): void {
  for (const [key, rule] of Object.entries(rules) as [keyof T & string, NumberRule][]) {
    const value: unknown = options[key];
    if (value === undefined) continue;
    const { min = 0, max = Number.MAX_VALUE, isAbove = false } = rule;
    const isFine = typeof value === "number" && value >= min && value <= max;
    if (isFine && !(isAbove && value === min)) continue;
    const upper = max === Number.MAX_VALUE ? "" : ` and at most ${max}`;
    throw new UserError("E_CONFIG", `${key} is ${String(value)}`, {
      where: `objective.controller.${key}`,
      allowed: `a number ${isAbove ? "above" : "of at least"} ${min}${upper}`,
    });
  }
}

export const clamp = (value: number, min: number, max: number): number =>
  Math.min(max, Math.max(min, value));

/** The largest multiplier unless told otherwise: far above what a reachable limit asks for, so that reaching it tells. */
export const DEFAULT_MAX = 1e3;
