/** The step that trains gates together with the weights: task loss, and every cost of the budget at its price. */

import {
  type GatedTrace,
  gateChannels,
  gatedLedger,
  type TracedExits,
} from "@frugal/core/adaptive";
import { input, scalarConstant, type Value } from "@frugal/core/graph";
import {
  type ComputeObjective,
  type ControllerSpec,
  type ControlState,
  computeObjective,
  controlScalars,
  type FormName,
  gradientPressure,
  plain,
  pricedCost,
  startControls,
  updateControls,
} from "@frugal/core/objectives";
import { functions as f } from "@frugal/core/ops";
import { type Optimizer, optimizers } from "@frugal/core/optim";
import type { ScalarSource } from "@frugal/core/training";
import { decidingEpochs, warmupEpochs } from "../recipe/check-budget.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { recipeStep } from "../training/network.js";
import { chanceOf, labelsOf, lossOf } from "../training/objective.js";
import type { Stretch } from "../training/program.js";
import { budgetWatch } from "./budget-watch.js";
import type { Decider } from "./deciders.js";
import { type BudgetPlan, type Channels, channelsOf } from "./plan.js";
import { lastTemperature, temperatureAt } from "./temperature.js";

export type GatedNetwork = GatedTrace<TracedExits>;

const forms: Readonly<Record<Channels["controller"], FormName>> = {
  pi: "piControlled",
  augmented: "augmentedLagrangian",
};

/** Short runs need a price that is found sooner. */
const controllerOf = {
  pi: (steps: number) =>
    ({ kind: "pi", options: { integral: Math.max(0.01, RISE / steps) } }) as const,
  augmented: () => ({ kind: "augmented", options: {} }) as const,
};

/** The spring of the augmented Lagrangian while nothing is asked of the network: as good as none, and above 0. */
const SLACK = 1e-6;

/** How far a logit may go while channels are decided: from open to closed is 4.6, and most must be able to turn back. */
const TRAVEL = 12;
/** Largest rate of the gates. */
const FASTEST = 0.1;
/** What the integral part of the price comes to where a violation by the whole network lasts all the time. */
const RISE = 10;

const multiplierName = (cost: string): string => `lambda.${cost}`;

/** The graph input of a temperature that a recipe sets. */
const TEMPERATURE = "temperature";

/**
 * The network with gates, traced for training or, without chance and as the gates are when channels are removed, for
 * validation and for the choice.
 */
export function gatedNetwork(
  recipe: ResolvedRecipe,
  { model, trace }: BudgetPlan,
  { gate, training }: { readonly gate: NonNullable<Decider["gate"]>; readonly training: boolean },
): GatedNetwork {
  const { temperature: given, cost } = channelsOf(recipe);
  const last = lastTemperature(given);
  const temperature = training && last !== undefined ? input(TEMPERATURE, []) : last;
  return gateChannels<TracedExits>(model, {
    kind: gate,
    batchSize: recipe.batchSize,
    training,
    trace,
    discrete: training && cost === "hard",
    ...(temperature === undefined ? {} : { temperature }),
  });
}

function objectiveOf(
  recipe: ResolvedRecipe,
  plan: BudgetPlan,
  gated: GatedNetwork,
): ComputeObjective {
  const labels = labelsOf(gated);
  const { loss: task, metrics } = plain(gated, { labels, loss: lossOf(recipe) });
  const ledgers = { soft: gatedLedger(gated, "soft"), hard: gatedLedger(gated, "hard") };
  const prices = new Map<string, Value>();
  const costs = plan.limits.map(({ model, limit }) => {
    const { name } = model;
    const multiplier = input(multiplierName(name), []);
    prices.set(name, multiplier);
    return pricedCost(model, ledgers, { limit, multiplier });
  });
  // Gates that open by size have a second price, on the sizes: without it they would not shrink while they are large.
  const { penalty } = gated;
  const shrunk = penalty
    ? [...prices.values()].reduce((sum, price) => f.add(sum, f.mul(price, penalty)), task)
    : task;
  return computeObjective({
    task: shrunk,
    metrics: { ...metrics, task },
    costs,
    form: forms[channelsOf(recipe).controller],
    ...(penalty ? {} : { decisions: decisionsOf(gated) }),
  });
}

function decisionsOf(gated: GatedNetwork) {
  const values = new Map(gated.parameters.map((p) => [p.path, p.value]));
  return gated.gates.map(({ name, parameters }) => ({
    name,
    parameters: parameters.map((path) => values.get(path)!),
  }));
}

/**
 * Gates learn by Adam at a rate of their own: that of the weights may be too small for them to get anywhere in a short run,
 * and weight decay is not for them.
 */
const gatesBeside =
  ({ gates, parameters }: GatedNetwork, steps: number) =>
  (optimizer: Optimizer): Optimizer => {
    const paths = new Set(gates.flatMap((g) => g.parameters));
    const values = new Set(parameters.filter((p) => paths.has(p.path)).map((p) => p.value));
    const own = optimizers.adam({});
    const lr = scalarConstant(Math.min(FASTEST, TRAVEL / steps));
    return {
      name: optimizer.name,
      slots: (p) => (paths.has(p.path) ? own : optimizer).slots(p),
      update: (request) =>
        values.has(request.value)
          ? own.update({ ...request, lr, decay: false })
          : optimizer.update(request),
    };
  };

/** Known at once, and not with the next step: the checkpoint of this moment must hold it. */
const toldAccuracy = (control: ControlState, accuracy: number | undefined): ControlState =>
  accuracy === undefined
    ? control
    : Object.fromEntries(Object.entries(control).map(([name, c]) => [name, { ...c, accuracy }]));

export interface GatedStretchOptions {
  readonly recipe: ResolvedRecipe;
  readonly plan: BudgetPlan;
  /** Traced for training. */
  readonly gated: GatedNetwork;
  /** The same for validation. */
  readonly settled: GatedNetwork;
  readonly stepsPerEpoch: number;
  /** State of the controllers of a run that goes on. */
  readonly control?: ControlState;
}

/** Training with gates until channels are chosen. The price is set at every step, so steps do not run together. */
export function gatedStretch(options: GatedStretchOptions): Stretch {
  const { recipe, plan, gated, stepsPerEpoch } = options;
  const { controller, accuracyFloor, temperature: given } = channelsOf(recipe);
  const objective = objectiveOf(recipe, plan, gated);
  const { plans, terms, metrics } = objective;
  const warmup = Math.round(warmupEpochs(recipe) * stepsPerEpoch);
  const deciding = decidingEpochs(recipe) * stepsPerEpoch;
  const steps = Math.max(1, deciding - warmup);
  const temperature = temperatureAt(given, deciding);
  const guard = { warmup, ...(accuracyFloor === undefined ? {} : { accuracyFloor }) };
  const spec: ControllerSpec = { ...guard, ...controllerOf[controller](steps) };
  let control =
    options.control ?? startControls(plans, Object.fromEntries(plans.map((p) => [p.name, spec])));
  const scalars = controlScalars(plans, () => control);
  const springs = plans.flatMap(({ scalars: { penalty } }) => (penalty ? [penalty] : []));
  const relaxed =
    (source: ScalarSource): ScalarSource =>
    (step, total) =>
      step < warmup ? SLACK : source(step, total);
  return {
    traced: options.settled,
    step: recipeStep(recipe, gated, { objective, adapt: gatesBeside(gated, steps) }),
    until: decidingEpochs(recipe),
    ...(recipe.monitor?.pressure === undefined
      ? {}
      : {
          pressure: gradientPressure({
            task: metrics.task!,
            costs: terms,
            parameters: gated.parameters,
          }),
        }),
    scalars: {
      ...scalars,
      ...Object.fromEntries(springs.map((name) => [name, relaxed(scalars[name]!)])),
      ...(temperature ? { [TEMPERATURE]: temperature } : {}),
    },
    together: 1,
    stepMetrics: [
      ...plans.flatMap(({ name }) => [`hard.${name}`, `expected.${name}`, multiplierName(name)]),
      ...(temperature ? [TEMPERATURE] : []),
    ],
    watch: budgetWatch(plans, { chance: chanceOf(gated), warmup, until: deciding }),
    isFinal: false,
    observe(event) {
      if (event.kind === "epoch") {
        control = toldAccuracy(control, event.evaluation?.accuracy);
        return;
      }
      const { step, metrics } = event;
      control = updateControls(plans, control, { step, metrics });
    },
    notes: () => ({ stage: "deciding", control }),
  };
}
