/** The compute-aware objective: any task loss, and any number of named costs with their limits. */

import { UserError } from "../base/index.js";
import {
  type CostModel,
  type CostName,
  type CostUnit,
  costModels,
  type Ledger,
} from "../costs/index.js";
import {
  constantTensor,
  input,
  inputName,
  isInput,
  scalarConstant,
  type Value,
} from "../graph/index.js";
import { functions as f } from "../ops/index.js";
import { costOfName, unknownCost } from "./budget.js";
import { type FormName, type FormScalar, formNames, objectiveForms } from "./forms/index.js";
import type { Objective } from "./objective.js";
import { type CostRange, requireReachable } from "./range.js";
import { gradientReaches } from "./reach.js";

/** One cost of an objective. Numbers and values are in the unit of the cost. */
export interface ComputeCost {
  /** A registered cost, perhaps with a statistic ("latency.p95"); any other name with a `unit`. */
  readonly name: string;
  /** Of a cost that is not registered. */
  readonly unit?: CostUnit;
  /** What the weights see: a scalar, or [N], of which the mean is taken. */
  readonly soft: Value;
  /** With the decisions really taken: what the limit is about. Scalar or [N]. */
  readonly hard: Value;
  /** What the network costs at the start, above 0: the cost is divided by it. */
  readonly start: number;
  readonly limit?: number;
  /** What the decisions can reach, to refuse limits outside of it: see `reachableRange`. */
  readonly range?: CostRange;
  /** Default: that of the objective. */
  readonly form?: FormName;
  /** Default: the graph input `lambda.<name>`. */
  readonly multiplier?: Value;
}

/** Parameters that decide how much is computed: those of a gate, of a router. */
export interface ObjectiveDecision {
  readonly name: string;
  readonly parameters: readonly Value[];
}

export interface ComputeObjectiveOptions {
  /** Scalar. */
  readonly task: Value;
  /** Scalars to report beside those of the costs. */
  readonly metrics?: Readonly<Record<string, Value>>;
  readonly costs: readonly ComputeCost[];
  /** Default "lagrangian". */
  readonly form?: FormName;
  /** What the costs are to move: each must be seen by a cost, and each cost moved by one. Default: not checked. */
  readonly decisions?: readonly ObjectiveDecision[];
}

/** What was made of a cost. */
export interface CostTermPlan {
  readonly name: string;
  readonly unit: CostUnit;
  readonly form: FormName;
  readonly start: number;
  /** Over the start. */
  readonly limit?: number;
  /** Names of the graph inputs to feed at every step. */
  readonly scalars: Readonly<Partial<Record<FormScalar, string>>>;
}

export interface ComputeObjective extends Objective {
  readonly plans: readonly CostTermPlan[];
  /** The weighted term of each cost, absent where the form has none: what gradient pressure is measured of. */
  readonly terms: Readonly<Record<string, Value>>;
}

const scalarOf = (v: Value): Value => (v.shape.length === 0 ? v : f.reduceMean(v));

/**
 * A cost whose soft and hard side are one model on two ledgers; the start is the full network.
 *
 * @throws UserError E_CONFIG for a name that is not registered.
 * @example
 * const ledger = exitLedger(traced);
 * pricedCost("macs", { soft: ledger, hard: ledger }).start // 153
 */
export function pricedCost(
  cost: CostName | CostModel,
  ledgers: { readonly soft: Ledger; readonly hard: Ledger },
  options: Omit<ComputeCost, "name" | "unit" | "soft" | "hard" | "start"> = {},
): ComputeCost {
  const model = typeof cost === "string" ? costModels[cost] : cost;
  if (!model) return unknownCost(String(cost), { where: "objective.costs" });
  return {
    ...options,
    name: model.name,
    unit: model.unit,
    soft: model.expected(ledgers.soft),
    hard: model.expected(ledgers.hard),
    start: model.full(ledgers.soft),
  };
}

function requireForm(form: string): asserts form is FormName {
  if (Object.hasOwn(objectiveForms, form)) return;
  throw new UserError("E_CONFIG", `there is no form "${form}"`, {
    where: "objective.form",
    allowed: formNames.join(", "),
  });
}

/** Refuses what cannot be meant, and says how the cost is counted. */
function checkedUnit(cost: ComputeCost, form: FormName): CostUnit {
  const { name, start, limit, range } = cost;
  const where = `objective.costs.${name}`;
  const unit = cost.unit ?? costOfName(name, { where: "objective.costs" }).unit;
  if (!(start > 0 && Number.isFinite(start))) {
    throw new UserError("E_CONFIG", `${name} costs ${start} ${unit} at the start`, {
      where,
      allowed: "a number above 0",
      next: "choose a cost that the network has: macs, for example",
    });
  }
  if (limit !== undefined && !(limit > 0 && Number.isFinite(limit))) {
    throw new UserError("E_CONFIG", `the limit of ${name} is ${limit} ${unit}`, {
      where: `${where}.limit`,
      allowed: "a number above 0",
    });
  }
  if (limit === undefined && objectiveForms[form].limit === "required") {
    throw new UserError("E_CONFIG", `the form "${form}" needs a limit for ${name}`, {
      where: `${where}.limit`,
      next: `give one, or choose a form without: ${formNames.filter((n) => objectiveForms[n].limit !== "required").join(", ")}`,
    });
  }
  if (limit !== undefined && range)
    requireReachable({ name, unit, limit, where: "objective.costs" }, range);
  const weight = cost.multiplier && constantTensor(cost.multiplier);
  const isWeight = objectiveForms[form].multiplier === "weight";
  const least = weight ? Number(weight.data[0]) : 1;
  if (least < 0 || Number.isNaN(least) || (isWeight && least === 0)) {
    throw new UserError("E_CONFIG", `lambda of ${name} is ${least}`, {
      where: `${where}.lambda`,
      allowed: isWeight ? "a number above 0" : "a number of at least 0",
      next: "leave the cost out, if it is not to count",
    });
  }
  return unit;
}

/** Refuses decisions that no cost sees, and costs that no decision moves. */
function checkReach(costs: readonly ComputeCost[], decisions: readonly ObjectiveDecision[]): void {
  const parameters = decisions.flatMap((d) => d.parameters);
  const reached = costs.map((cost) => {
    const found = gradientReaches(scalarOf(cost.soft), parameters);
    return new Set(parameters.filter((_, i) => found[i]));
  });
  costs.forEach(({ name }, i) => {
    if (reached[i]!.size > 0) return;
    throw new UserError("E_CONFIG", `no decision moves the cost ${name}`, {
      where: `objective.costs.${name}`,
      allowed: "a cost whose gradient reaches a parameter of a decision",
      next: `leave it out, or check that nothing between it and ${decisions.map((d) => d.name).join(", ")} stops the gradient`,
    });
  });
  const blind = decisions.find((d) => !d.parameters.some((p) => reached.some((r) => r.has(p))));
  if (!blind) return;
  throw new UserError("E_CONFIG", `no cost sees the decision ${blind.name}`, {
    where: "objective.costs",
    allowed: "for every decision a cost that it moves",
    next: "add a cost that counts what it decides about, or leave the decision out",
  });
}

interface CostTerm {
  readonly plan: CostTermPlan;
  readonly term: Value | undefined;
  readonly metrics: Readonly<Record<string, Value>>;
}

function termOf(cost: ComputeCost, task: Value, fallback: FormName): CostTerm {
  const { name, start } = cost;
  const formName: string = cost.form ?? fallback;
  requireForm(formName);
  const unit = checkedUnit(cost, formName);
  const form = objectiveForms[formName];
  const limit = cost.limit === undefined ? undefined : cost.limit / start;
  const soft = scalarOf(cost.soft);
  const normalised = f.div(soft, start);
  const given: Partial<Record<FormScalar, Value | undefined>> = { multiplier: cost.multiplier };
  const fed = (scalar: FormScalar, prefix: string): Value =>
    given[scalar] ?? input(`${prefix}.${name}`, []);
  const values: Record<FormScalar, () => Value> = {
    multiplier: () => fed("multiplier", "lambda"),
    limit: () => fed("limit", "limit"),
    penalty: () => fed("penalty", "penalty"),
  };
  const made = Object.fromEntries(form.scalars.map((s) => [s, values[s]()])) as Partial<
    Record<FormScalar, Value>
  >;
  const bound = made.limit ?? limit;
  const term = form.term({
    task,
    normalised,
    multiplier: made.multiplier ?? scalarConstant(0),
    ...(bound === undefined ? {} : { limit: bound }),
    ...(made.penalty ? { penalty: made.penalty } : {}),
  });
  const names = Object.entries(made).flatMap(([s, v]) => (isInput(v) ? [[s, inputName(v)]] : []));
  return {
    plan: {
      name,
      unit,
      form: formName,
      start,
      ...(limit === undefined ? {} : { limit }),
      scalars: Object.fromEntries(names),
    },
    term,
    metrics: {
      [`cost.${name}`]: normalised,
      [`expected.${name}`]: soft,
      [`hard.${name}`]: scalarOf(cost.hard),
      // One that is fed is on record with the step's scalars, and an ONNX output may not have the name of an input.
      ...(made.multiplier && !isInput(made.multiplier)
        ? { [`lambda.${name}`]: made.multiplier }
        : {}),
    },
  };
}

/**
 * task + sum of the terms of all costs, each normalised by its value at the start.
 *
 * The weights see the soft costs; multipliers are graph inputs (`lambda.<cost>`) that a controller sets from the hard ones.
 * Metrics: loss, task, and for every cost `cost.<name>` (soft over start, unweighted), `expected.<name>` and `hard.<name>`
 * (both in its unit). `lambda.<name>` is among the scalars of the step, or a metric where it is not a graph input.
 *
 * @throws UserError E_CONFIG for unknown costs and forms, one named twice, a start or limit that is not above 0, limits that
 *   are missing or out of reach, a constant lambda of 0 where it is a weight, a decision that no cost sees, a cost that no
 *   decision moves. E_GRADIENT for a soft cost with an op that has no gradient.
 * @example
 * const open = input("open", []);
 * const ledger = withActivity(exitLedger(traced), (e) => (e.stage === "final" ? sigmoid(open) : undefined));
 * const taken = withActivity(exitLedger(traced), (e) => (e.stage === "final" ? input("taken", []) : undefined));
 * const objective = computeObjective({
 *   task: input("task", []),
 *   costs: [pricedCost("macs", { soft: ledger, hard: taken }, { limit: 100 })],
 *   decisions: [{ name: "exit", parameters: [open] }],
 * });
 * Object.keys(objective.metrics) // ["loss", "task", "cost.macs", "expected.macs", "hard.macs"]
 * objective.plans[0]?.scalars.multiplier // "lambda.macs"
 */
export function computeObjective(options: ComputeObjectiveOptions): ComputeObjective {
  const { task, metrics = {}, costs, form = "lagrangian", decisions } = options;
  requireForm(form);
  const names = costs.map((c) => c.name);
  const twin = names.find((name, i) => names.indexOf(name) < i);
  if (costs.length === 0 || twin !== undefined) {
    const what =
      twin === undefined ? "an objective without costs" : `the cost ${twin} is given twice`;
    throw new UserError("E_CONFIG", what, {
      where: "objective.costs",
      allowed: "at least one cost, each with one limit",
    });
  }
  const terms = costs.map((cost) => termOf(cost, task, form));
  if (decisions) checkReach(costs, decisions);
  const loss = terms.reduce((sum, { term }) => (term ? f.add(sum, term) : sum), task);
  return {
    loss,
    metrics: Object.assign({ loss, task, ...metrics }, ...terms.map((t) => t.metrics)),
    plans: terms.map((t) => t.plan),
    terms: Object.fromEntries(terms.flatMap(({ plan, term }) => (term ? [[plan.name, term]] : []))),
  };
}
