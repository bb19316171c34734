/** Schedules of lambda: pure functions of the training step. */

import { UserError } from "../base/index.js";
import { requireWeight } from "./objective.js";

/** Lambda at a step, counted from 0. */
export type LambdaSchedule = (step: number) => number;

function requireSteps(steps: number, where: string): void {
  if (Number.isInteger(steps) && steps >= 1) return;
  throw new UserError("E_CONFIG", `${where.split(".").at(-1)} is ${steps}`, {
    where,
    allowed: "a whole number >= 1",
  });
}

/**
 * Always the same.
 *
 * @example
 * constantLambda(0.5)(7) // 0.5
 */
export function constantLambda(value: number): LambdaSchedule {
  requireWeight(value, "objective.lambda");
  return () => value;
}

/**
 * 0 until `start`, then up to `value` in a straight line over `steps`, then constant: the network learns the task before it
 * is asked to save.
 *
 * @example
 * warmupLambda(0.5, { steps: 100 })(50) // 0.25
 */
export function warmupLambda(
  value: number,
  { steps, start = 0 }: { readonly steps: number; readonly start?: number },
): LambdaSchedule {
  requireWeight(value, "objective.lambda");
  requireSteps(steps, "objective.warmup.steps");
  requireWeight(start, "objective.warmup.start");
  return (step) => value * Math.min(1, Math.max(0, (step - start) / steps));
}

export interface RampOptions {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}

function requireRamp({ from, to, steps }: RampOptions): void {
  requireWeight(from, "objective.lambda.from");
  requireWeight(to, "objective.lambda.to");
  requireSteps(steps, "objective.lambda.steps");
}

/**
 * From one value to another in a straight line, then constant.
 *
 * @example
 * linearLambda({ from: 0, to: 1, steps: 100 })(25) // 0.25
 */
export function linearLambda(options: RampOptions): LambdaSchedule {
  requireRamp(options);
  const { from, to, steps } = options;
  return (step) => from + (to - from) * Math.min(1, step / steps);
}

/**
 * From one value to another along half a cosine, flat at both ends, then constant.
 *
 * @example
 * cosineLambda({ from: 0, to: 1, steps: 100 })(50) // 0.5
 */
export function cosineLambda(options: RampOptions): LambdaSchedule {
  requireRamp(options);
  const { from, to, steps } = options;
  return (step) => from + ((to - from) * (1 - Math.cos(Math.PI * Math.min(1, step / steps)))) / 2;
}

export interface StepLambdaOptions {
  /** Before the first change. */
  readonly value: number;
  /** Of each change: above 1 to rise, below to fall. */
  readonly factor: number;
  /** Steps between changes. */
  readonly steps: number;
  /** Default: none. */
  readonly max?: number;
}

/**
 * Multiplied by a factor after every so many steps.
 *
 * @example
 * const lambda = stepLambda({ value: 0.1, factor: 2, steps: 100, max: 0.5 });
 * [lambda(99), lambda(100), lambda(1000)] // [0.1, 0.2, 0.5]
 */
export function stepLambda({ value, factor, steps, max }: StepLambdaOptions): LambdaSchedule {
  requireWeight(value, "objective.lambda.value");
  requireWeight(factor, "objective.lambda.factor");
  requireSteps(steps, "objective.lambda.steps");
  if (max !== undefined) requireWeight(max, "objective.lambda.max");
  // A float64 power overflows after a thousand doublings; the bound is what counts then.
  return (step) => Math.min(value * factor ** Math.floor(step / steps), max ?? Number.MAX_VALUE);
}

export interface CooldownOptions {
  /** Length of the fall. */
  readonly steps: number;
  /** Of the whole run: at this step lambda is 0. */
  readonly total: number;
}

/**
 * A schedule that falls to 0 in a straight line over the last steps of a run: what was saved mostly stays saved while the
 * rate is low, and the task has the end of the training for itself.
 *
 * @example
 * const lambda = cooldownLambda(constantLambda(0.5), { steps: 10, total: 100 });
 * [lambda(90), lambda(95), lambda(100)] // [0.5, 0.25, 0]
 */
export function cooldownLambda(
  schedule: LambdaSchedule,
  { steps, total }: CooldownOptions,
): LambdaSchedule {
  requireSteps(steps, "objective.cooldown.steps");
  requireSteps(total, "objective.cooldown.total");
  return (step) => schedule(step) * Math.min(1, Math.max(0, (total - step) / steps));
}
