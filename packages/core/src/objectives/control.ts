/** The controllers of an objective's costs, together: what is fed before a step, what is learnt after it. */

import { UserError } from "../base/index.js";
import type { CostTermPlan } from "./compute-objective.js";
import {
  type ControllerSpec,
  controllers,
  type GuardedState,
  penaltyOf,
  startController,
  updateController,
} from "./controllers/index.js";
import { objectiveForms, type RampedLimitOptions, rampedLimit } from "./forms/index.js";

/** State of the controller of each cost: plain JSON, to be kept with a checkpoint. */
export type ControlState = Readonly<Record<string, GuardedState>>;

/**
 * The controllers at the start. Costs without one of their own get the one that their form usually has.
 *
 * @throws UserError E_CONFIG for a controller that does not fit the form, for a weight that nobody gave.
 * @example
 * const plan = { name: "macs", unit: "MACs", form: "lagrangian", start: 8e6, limit: 0.25, scalars: { multiplier: "lambda.macs" } } as const;
 * startControls([plan], {}).macs?.kind // "dualAscent"
 */
export function startControls(
  plans: readonly CostTermPlan[],
  specs: Readonly<Record<string, ControllerSpec>>,
): ControlState {
  const stray = Object.keys(specs).find((name) => !plans.some((p) => p.name === name));
  if (stray !== undefined) {
    throw new UserError(
      "E_CONFIG",
      `a controller for ${stray}, which is no cost of the objective`,
      {
        where: "objective.controllers",
        allowed: plans.map((p) => p.name).join(", "),
      },
    );
  }
  const controlled = plans.filter((p) => p.scalars.multiplier !== undefined);
  return Object.fromEntries(controlled.map((plan) => [plan.name, startOf(plan, specs[plan.name])]));
}

function startOf({ name, form, limit }: CostTermPlan, given?: ControllerSpec): GuardedState {
  const { controller } = objectiveForms[form];
  const spec = given ?? ({ kind: controller, options: {} } as ControllerSpec);
  const where = `objective.controllers.${name}`;
  const state = startController(spec);
  const found = controllers[spec.kind];
  if (found.needsLimit && limit === undefined) {
    throw new UserError("E_CONFIG", `the controller "${spec.kind}" of ${name} needs a limit`, {
      where,
      next: "give the cost a limit, or its lambda a value",
    });
  }
  if (objectiveForms[form].scalars.includes("penalty") && !found.penalty) {
    throw new UserError(
      "E_CONFIG",
      `the form "${form}" needs a penalty, and "${spec.kind}" has none`,
      {
        where,
        allowed: controller,
      },
    );
  }
  return state;
}

export interface StepReport {
  /** Finished steps. */
  readonly step: number;
  /** Of the step: `hard.<cost>` and `expected.<cost>` in the unit of the cost. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Validation accuracy, where it was measured since the last report. */
  readonly accuracy?: number;
}

/**
 * All controllers after a step. Driven by `hard.<cost>`; a step whose metrics do not hold it is an error, not a zero.
 *
 * @example
 * const plan = { name: "macs", unit: "MACs", form: "lagrangian", start: 8e6, limit: 0.25, scalars: { multiplier: "lambda.macs" } } as const;
 * const before = startControls([plan], { macs: { kind: "dualAscent", options: { rate: 0.1 } } });
 * const after = updateControls([plan], before, { step: 1, metrics: { "hard.macs": 6e6, "expected.macs": 1e6 } });
 * after.macs?.multiplier // 0.05
 */
export function updateControls(
  plans: readonly CostTermPlan[],
  state: ControlState,
  { step, metrics, accuracy }: StepReport,
): ControlState {
  const next = plans.flatMap(({ name, start, limit = 1 }) => {
    const before = state[name];
    if (!before) return [];
    const hard = metrics[`hard.${name}`];
    if (hard === undefined) {
      throw new UserError("E_CONFIG", `the step reports no "hard.${name}"`, {
        where: "objective.controllers",
        allowed: Object.keys(metrics).join(", "),
        next: "report the metrics of computeObjective with the step",
      });
    }
    const soft = metrics[`expected.${name}`];
    const observation = {
      step,
      hard: hard / start,
      limit,
      ...(soft === undefined ? {} : { soft: soft / start }),
      ...(accuracy === undefined ? {} : { accuracy }),
    };
    return [[name, updateController(before, observation)] as const];
  });
  return Object.fromEntries(next);
}

export interface ControlScalarOptions {
  /** How the limits of forms that ramp come down. Default: at once. */
  readonly ramp?: RampedLimitOptions;
}

/**
 * What to feed for every scalar of the objective, for the `scalars` of `train`: each asks `read` for the state of the
 * moment. Controllers that follow the cost must see every step: train with `together: 1`.
 *
 * @example
 * const plan = { name: "macs", unit: "MACs", form: "lagrangian", start: 8e6, limit: 0.25, scalars: { multiplier: "lambda.macs" } } as const;
 * const state = startControls([plan], { macs: { kind: "dualAscent", options: { initial: 0.5 } } });
 * controlScalars([plan], () => state)["lambda.macs"]?.(0) // 0.5
 */
export function controlScalars(
  plans: readonly CostTermPlan[],
  read: () => ControlState,
  { ramp = { steps: 0 } }: ControlScalarOptions = {},
): Record<string, (step: number) => number> {
  return Object.fromEntries(
    plans.flatMap(({ name, limit = 1, scalars }) => {
      const limitAt = rampedLimit(limit, ramp);
      const sources = {
        multiplier: () => read()[name]!.multiplier,
        penalty: () => penaltyOf(read()[name]!) ?? 1,
        limit: limitAt,
      };
      return Object.entries(scalars).map(
        ([scalar, input]) => [input, sources[scalar as keyof typeof sources]] as const,
      );
    }),
  );
}
