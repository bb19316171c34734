/** From a recipe to a training step: model, exits, objective, optimiser and schedules, each asked from its registry. */

import { type TracedExits, traceExits } from "@frugal/core/adaptive";
import { type Model, type ModelOptions, models, type Widths, withWidths } from "@frugal/core/nn";
import type { Objective } from "@frugal/core/objectives";
import { type Optimizer, optimizers, type Schedule, schedules, warmup } from "@frugal/core/optim";
import { buildTrainStep, type TrainStep } from "@frugal/core/training";
import type { Dataset } from "../data/index.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { recipeObjective } from "./objective.js";
import { withKeys } from "./with-keys.js";

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
  return withKeys({ exits: "model.exits" }, () =>
    traceExits(model, { ...exitOptions(recipe), batchSize, training: true }),
  );
}

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
  { objective = recipeObjective(recipe, traced), adapt = (optimizer) => optimizer }: StepParts = {},
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
