/** The objective of a recipe: what is minimised, which scalars it is fed, and what of it is recorded at every step. */

import {
  geometricSigma,
  type LeafSelection,
  surrogates,
  type TracedExits,
} from "@frugal/core/adaptive";
import { costModels } from "@frugal/core/costs";
import { input } from "@frugal/core/graph";
import {
  constantLambda,
  cooldownLambda,
  cosineLambda,
  crossEntropy,
  density,
  type GradientPressure,
  gradientPressure,
  hazardChain,
  joint,
  type LambdaSchedule,
  linearLambda,
  type Objective,
  plain,
  type SampleLoss,
  stepLambda,
} from "@frugal/core/objectives";
import { functions as f } from "@frugal/core/ops";
import type { ScalarSource } from "@frugal/core/training";
import type { LambdaCourse } from "../recipe/lambda-schema.js";
import {
  DEFAULT_SIGMA,
  type Density,
  defaultDensity,
  type ObjectiveKind,
  type ResolvedRecipe,
} from "../recipe/schema.js";
import type { Stretch } from "./program.js";
import type { WatchPlan } from "./watch.js";
import { withKeys } from "./with-keys.js";

export const labelsOf = (traced: TracedExits) =>
  input("labels", [traced.options.batchSize], "int32");

export const lossOf =
  ({ objective: { labelSmoothing } }: ResolvedRecipe): SampleLoss =>
  (logits, labels) =>
    crossEntropy(logits, labels, { labelSmoothing });

const densityOf = ({ objective }: ResolvedRecipe): Density => objective.density ?? defaultDensity;

/** The layers whose outputs are to become sparse. */
export function leafSelection(recipe: ResolvedRecipe): LeafSelection {
  const { leaves } = densityOf(recipe);
  return typeof leaves === "string" ? leaves : { paths: leaves };
}

type ObjectiveOf = (recipe: ResolvedRecipe, traced: TracedExits) => Objective;

const objectives: Readonly<Record<ObjectiveKind, ObjectiveOf>> = {
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
  density(recipe, traced) {
    const { surrogate, weighting, share, keep } = densityOf(recipe);
    return withKeys({ "objective.leaves": "objective.density.leaves" }, () =>
      density(traced, {
        labels: labelsOf(traced),
        lambda: input("lambda", []),
        loss: lossOf(recipe),
        leaves: leafSelection(recipe),
        ...{ surrogate, weighting, share },
        ...(keep === undefined ? {} : { keep }),
        ...(hasSigma(recipe) ? { sigma: input("sigma", []) } : {}),
      }),
    );
  },
};

/** What a recipe minimises over the network traced for training. */
export const recipeObjective: ObjectiveOf = (recipe, traced) =>
  objectives[recipe.objective.kind](recipe, traced);

/**
 * Who pulls at the network: the task, and the cost at its price; undefined where an objective prices nothing or it is not
 * asked for.
 */
export function recipePressure(
  { monitor }: ResolvedRecipe,
  { parameters }: TracedExits,
  { metrics: { task, cost } }: Objective,
): GradientPressure | undefined {
  if (monitor?.pressure === undefined || !task || !cost) return undefined;
  const costs = { cost: f.mul(input("lambda", []), cost) };
  return gradientPressure({ task, costs, parameters });
}

const ramps = { linear: linearLambda, cosine: cosineLambda };

/** Lambda at each step, but for its end. */
function lambdaCourse(course: LambdaCourse, stepsOf: (epochs: number) => number): LambdaSchedule {
  const { value, warmup, from = 0, shape = "linear", step } = course;
  if (step) {
    const { factor, epochs } = step;
    return stepLambda({ value, factor, steps: Math.max(1, stepsOf(epochs)) });
  }
  const steps = stepsOf(warmup);
  return steps === 0 ? constantLambda(value) : ramps[shape]({ from, to: value, steps });
}

/** Lambda at each step. */
export function recipeLambda(
  { objective: { lambda }, epochs }: Pick<ResolvedRecipe, "objective" | "epochs">,
  stepsPerEpoch: number,
): LambdaSchedule {
  if (typeof lambda === "number") return constantLambda(lambda);
  const stepsOf = (some: number) => Math.round(some * stepsPerEpoch);
  const course = lambdaCourse(lambda, stepsOf);
  const steps = stepsOf(lambda.cooldown);
  return steps === 0 ? course : cooldownLambda(course, { steps, total: stepsOf(epochs) });
}

const hasSigma = ({ objective: { density: of } }: ResolvedRecipe): boolean =>
  of !== undefined && surrogates[of.surrogate].hasSigma;

/** Sigma at each step of a run of so many. */
function recipeSigma(recipe: ResolvedRecipe, totalSteps: number): ScalarSource {
  const { sigma = DEFAULT_SIGMA } = densityOf(recipe);
  if (typeof sigma === "number") return () => sigma;
  return geometricSigma({ ...sigma, steps: Math.max(1, totalSteps - 1) });
}

/** The scalars that an objective is fed, by the step alone: a run that goes on has the same ones. */
export const recipeScalars = (
  recipe: ResolvedRecipe,
  stepsPerEpoch: number,
): Readonly<Record<string, ScalarSource>> => ({
  lambda: recipeLambda(recipe, stepsPerEpoch),
  ...(hasSigma(recipe) ? { sigma: recipeSigma(recipe, recipe.epochs * stepsPerEpoch) } : {}),
});

/** The penalty over its start, its price, and the share of values that are really not zero: the whole network's is 1. */
function densityWatch(chance: number): WatchPlan {
  let start: number | undefined;
  let firing: number | undefined;
  return {
    costs: [{ name: "density", start: 1 }],
    chance,
    advice: {
      costIgnored:
        "raise lambda, or begin with a wider sigma: values near 1 hardly feel a narrow one",
      accuracyCollapse: "lower lambda, or warm it up for longer",
      ratioStuck:
        "only exact zeros are skipped, and these layers make none: penalise activations too",
    },
    ofStep({ task, cost, lambda, sigma }) {
      start ??= cost || 1;
      return {
        task: task!,
        "cost.density": cost! / start,
        "lambda.density": lambda!,
        ...(sigma === undefined ? {} : { sigma }),
        ...(firing === undefined ? {} : { "hard.density": firing }),
      };
    },
    ofValidation(measured) {
      firing = measured.firing;
      // Gradient pressure knows the cost without its name.
      const pressure = Object.entries(measured)
        .filter(([name]) => name.startsWith("pressure."))
        .map(([name, norm]) => [name.replace("pressure.cost/", "pressure.density/"), norm]);
      return { accuracy: measured.accuracy!, ...Object.fromEntries(pressure) };
    },
  };
}

/** Accuracy of guessing among the classes that a network tells apart. */
export const chanceOf = ({ output }: TracedExits): number => 1 / output.shape.at(-1)!;

/** What every training is watched for: whether it learns, and goes on knowing what it has learnt. */
const taskWatch = (chance: number): WatchPlan => ({ costs: [], chance, ofStep: () => ({}) });

/** How the training with an objective is followed: what is recorded at every step, counted and watched. */
export function recipeFollowing(
  recipe: ResolvedRecipe,
  traced: TracedExits,
): Pick<Stretch, "stepMetrics" | "leaves" | "watch"> {
  const chance = chanceOf(traced);
  if (!recipe.objective.density) return { watch: taskWatch(chance) };
  const metrics = ["task", "cost", "accuracy.final", "density", "lambda"];
  return {
    stepMetrics: [...metrics, ...(hasSigma(recipe) ? ["sigma"] : [])],
    leaves: leafSelection(recipe),
    watch: densityWatch(chance),
  };
}
