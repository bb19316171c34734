/** From a recipe to a training step: model, exits, objective, optimiser and schedules, each asked from its registry. */

import { type TracedExits, traceExits } from "@frugal/core/adaptive";
import { UserError } from "@frugal/core/base";
import { costModels } from "@frugal/core/costs";
import { input } from "@frugal/core/graph";
import { type Model, type ModelOptions, models, type Widths, withWidths } from "@frugal/core/nn";
import {
  constantLambda,
  crossEntropy,
  hazardChain,
  joint,
  type LambdaSchedule,
  type Objective,
  plain,
  type SampleLoss,
  warmupLambda,
} from "@frugal/core/objectives";
import { type Optimizer, optimizers, type Schedule, schedules, warmup } from "@frugal/core/optim";
import { buildTrainStep, type TrainStep } from "@frugal/core/training";
import type { Dataset } from "../data/index.js";
import type { ResolvedRecipe } from "../recipe/schema.js";

/** The model of a recipe for a data set's samples. */
export function recipeModel({ model }: ResolvedRecipe, dataset: Dataset): Model {
  const build = models[model.name] as (options: ModelOptions) => Model;
  return build({
    ...model.options,
    inputShape: dataset.inputShape,
    classes: dataset.classes.length,
  });
}

/** How a recipe has its exits, for models that are traced anew. */
export function exitOptions({ model, objective }: ResolvedRecipe) {
  const exits = objective.kind === "plain" ? [] : model.exits;
  const gate = objective.kind === "exits" ? "hazard" : "none";
  return { ...model.head, exits, gate } as const;
}

/** The network with its exits, traced for training; with the widths of layers that channels were removed from. */
export function recipeNetwork(
  recipe: ResolvedRecipe,
  dataset: Dataset,
  { widths = {} }: { readonly widths?: Widths } = {},
): TracedExits {
  const { batchSize } = recipe;
  const model = withWidths(recipeModel(recipe, dataset), widths, { partial: true });
  try {
    return traceExits(model, { ...exitOptions(recipe), batchSize, training: true });
  } catch (error) {
    // The place is a key of the recipe, which only this module knows.
    if (error instanceof UserError && error.where === "exits") {
      throw new UserError(error.code, error.what, {
        where: "model.exits",
        ...(error.allowed === undefined ? {} : { allowed: error.allowed }),
        next: "name places of this model",
        cause: error,
      });
    }
    throw error;
  }
}

type ObjectiveOf = (recipe: ResolvedRecipe, traced: TracedExits) => Objective;

export const labelsOf = (traced: TracedExits) =>
  input("labels", [traced.options.batchSize], "int32");

export const lossOf =
  ({ objective: { labelSmoothing } }: ResolvedRecipe): SampleLoss =>
  (logits, labels) =>
    crossEntropy(logits, labels, { labelSmoothing });

const objectives: Readonly<Record<ResolvedRecipe["objective"]["kind"], ObjectiveOf>> = {
  exits: (recipe, traced) =>
    hazardChain(traced, {
      labels: labelsOf(traced),
      lambda: input("lambda", []),
      loss: lossOf(recipe),
      supervision: recipe.objective.supervision,
      cost: costModels[recipe.objective.cost],
    }),
  joint: (recipe, traced) =>
    joint(traced, {
      labels: labelsOf(traced),
      loss: lossOf(recipe),
      supervision: recipe.objective.supervision,
    }),
  plain: (recipe, traced) => plain(traced, { labels: labelsOf(traced), loss: lossOf(recipe) }),
};

function recipeOptimizer({ optimizer }: ResolvedRecipe): Optimizer {
  const { name, lr: _, ...options } = optimizer;
  return (optimizers[name] as (o: typeof options) => Optimizer)(options);
}

export interface StepParts {
  /** Default: that of the recipe. */
  readonly objective?: Objective;
  /** Changes the optimiser of the recipe. */
  readonly adapt?: (optimizer: Optimizer) => Optimizer;
}

/** The step that training repeats. */
export function recipeStep(
  recipe: ResolvedRecipe,
  traced: TracedExits,
  {
    objective = objectives[recipe.objective.kind](recipe, traced),
    adapt = (optimizer) => optimizer,
  }: StepParts = {},
): TrainStep {
  const { loss, metrics } = objective;
  const { loss: _, ...reported } = metrics;
  return buildTrainStep({
    ...traced,
    loss,
    metrics: reported,
    optimizer: adapt(recipeOptimizer(recipe)),
    seed: recipe.seed,
    ...(recipe.clip === undefined ? {} : { clipNorm: recipe.clip }),
  });
}

/** Factor of the learning rate at each step. */
export function recipeSchedule({ schedule }: ResolvedRecipe, stepsPerEpoch: number): Schedule {
  const build = schedules[schedule.name] as (options: object) => Schedule;
  const after = build(schedule.options);
  const steps = Math.round(schedule.warmup * stepsPerEpoch);
  return steps === 0 ? after : warmup(after, { steps });
}

/** Lambda at each step. */
export function recipeLambda({ objective }: ResolvedRecipe, stepsPerEpoch: number): LambdaSchedule {
  const { lambda } = objective;
  if (typeof lambda === "number") return constantLambda(lambda);
  const steps = Math.round(lambda.warmup * stepsPerEpoch);
  return steps === 0 ? constantLambda(lambda.value) : warmupLambda(lambda.value, { steps });
}
