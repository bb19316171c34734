/** What a recipe may say: the schema that checks it, fills in defaults and becomes the published JSON Schema. */

import {
  channelGateNames,
  type SurrogateName,
  surrogateNames,
  type WeightingName,
  type WeightMaskName,
  weightingNames,
  weightMaskNames,
  weightMasks,
} from "@frugal/core/adaptive";
import { type CostName, costNames } from "@frugal/core/costs";
import { type ModelName, models } from "@frugal/core/nn";
import { z } from "zod";
import { lambda } from "./lambda-schema.js";
import { partOptions, scheduleNames } from "./part-options.js";

const modelNames = Object.keys(models) as [ModelName, ...ModelName[]];

const positiveInteger = z.int().min(1);
const share = z.number().gt(0).lt(1);
const amount = z.union([z.number(), z.string()]);
const name = z.string().min(1);
/** Options of a part, checked by its name (part-options.ts), such as the width of a model. */
const options = z.record(z.string(), z.unknown());

const data = z.strictObject({
  name: name.describe("a data set that `frugal data list` shows"),
  from: z.string().optional().describe("folder of the files; default: the data store"),
  options: options.default({}).describe("options of this data set, such as train: FILE for csv"),
  validation: share
    .default(0.1)
    .describe("share of the training samples held out for every choice"),
  test: share
    .default(0.2)
    .describe("share held out for the test, where there is no official test set"),
  splitSeed: z.int().min(0).default(0).describe("seed of the split; the same for every run seed"),
  limit: positiveInteger
    .optional()
    .describe("use only this many training samples, drawn with the class shares of the whole"),
  augment: z
    .strictObject({
      crop: z.int().min(0).default(0).describe("shift by up to this many pixels"),
      flip: z.boolean().default(false).describe("mirror left and right at random"),
    })
    .prefault({}),
  normalise: z
    .union([
      z.enum(["train", "none"]),
      z.strictObject({
        mean: z.array(z.number()).min(1),
        std: z.array(z.number().gt(0)).min(1),
        scale: z.number().gt(0).default(1),
      }),
    ])
    .default("train"),
});

const model = z.strictObject({
  name: z.enum(modelNames).describe("a model of @frugal/core/nn"),
  options: options.default({}).describe("options of this model, such as width"),
  exits: z.array(name).default([]).describe("places where samples may leave early"),
  head: z
    .strictObject({
      gateBias: z
        .number()
        .default(-2)
        .describe("first bias of the gates; higher opens them sooner"),
      gateGradient: z
        .enum(["gate", "trunk"])
        .default("gate")
        .describe("what the gate's error may change"),
      grid: positiveInteger.default(1).describe("side of the grid of averages that a head sees"),
      hidden: z
        .int()
        .min(0)
        .default(0)
        .describe("width of a hidden layer in every head; 0 is a linear classifier"),
    })
    .prefault({}),
});

const sigma = z.number().gt(0);

const density = z.strictObject({
  surrogate: z
    .enum(surrogateNames as [SurrogateName, ...SurrogateName[]])
    .default("eat")
    .describe("what stands in for the share of values that are not zero; eat: x^2 / (x^2 + sigma)"),
  weighting: z
    .enum(weightingNames as [WeightingName, ...WeightingName[]])
    .default("mean")
    .describe(
      "how much a layer counts: all alike (mean), by its size (elements), by its energy (energy)",
    ),
  leaves: z
    .union([z.enum(["all", "activations"]), z.array(name).min(1)])
    .default("all")
    .describe("which layers' outputs; or paths of layers, such as [conv1, fc1]"),
  sigma: z
    .union([sigma, z.strictObject({ from: sigma, to: sigma })])
    .optional()
    .describe(
      "of eat: a value counts half at its square root; from, to: narrowed by equal factors over the run; default: 1e-4",
    ),
  keep: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe("of topK: share of each image's elements that is left alone; default: 0.5"),
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe("share of each batch's images that the penalty looks at"),
});

const objective = z.strictObject({
  kind: z
    .enum(["exits", "joint", "plain", "density"])
    .default("exits")
    .describe(
      "exits: task loss mixed over exits + lambda * cost; joint: fixed weights, no cost; plain: the whole network only; density: plain + lambda * how dense the layers' outputs are",
    ),
  lambda: lambda
    .default(0.1)
    .describe(
      "what one run of the whole network costs, or a network in which no value is zero, in units of the loss",
    ),
  density: density.optional().describe("what density means; only with kind: density"),
  cost: z
    .enum(costNames as [CostName, ...CostName[]])
    .default("macs")
    .describe("what is saved"),
  labelSmoothing: z.number().min(0).lt(1).default(0),
  supervision: z
    .strictObject({ early: z.number().min(0).default(0.3), final: z.number().min(0).default(1) })
    .prefault({})
    .describe("fixed weights on the loss of every exit, so that none starves"),
  budget: z
    .record(z.string(), amount)
    .optional()
    .describe(
      "what the network may cost at most, by cost, such as macs: 2M; needs channels or masks",
    ),
});

/** How channels are chosen: by gates that are trained, or as the baselines do. */
export const deciderNames = [...channelGateNames, "magnitude", "random", "uniform"] as const;
export type DeciderName = (typeof deciderNames)[number];

/** Below, slopes overflow; above, a gate is not a gate any more. */
const temperature = z.number().min(0.01).max(10);

const temperatureScheduleNames = ["linear", "cosine", "exponential"] as const;
export type TemperatureScheduleName = (typeof temperatureScheduleNames)[number];

const channels = z.strictObject({
  kind: z
    .enum(deciderNames)
    .default("hardConcrete")
    .describe(
      "gates that are trained under the budget; or a baseline: the largest weights after plain training (magnitude), by chance (random), every layer alike from the start (uniform)",
    ),
  multiple: z
    .union([z.literal(1), z.literal(8), z.literal(16), z.literal("latency")])
    .default(1)
    .describe(
      "every layer keeps a multiple of so many channels; latency: as many as stand before a step in the time that this machine's calibration predicts",
    ),
  fineTune: z
    .int()
    .min(0)
    .optional()
    .describe("last epochs, in which the small network is trained; default: half of all"),
  warmup: z
    .number()
    .min(0)
    .optional()
    .describe("first epochs, in which the budget has no price; default: a quarter of the rest"),
  controller: z
    .enum(["pi", "augmented"])
    .default("pi")
    .describe("what sets the price of the budget: PI control, or the method of multipliers"),
  accuracyFloor: share
    .optional()
    .describe("while the validation accuracy is below it, the price does not rise"),
  temperature: z
    .union([
      temperature,
      z.strictObject({
        from: temperature,
        to: temperature,
        schedule: z
          .enum(temperatureScheduleNames)
          .default("exponential")
          .describe("how it goes there until channels are removed"),
      }),
    ])
    .optional()
    .describe(
      "how soft gates are: the lower, the nearer to open or closed; default: 0.67 for hardConcrete, 1 for straightThrough",
    ),
  cost: z
    .enum(["soft", "hard"])
    .optional()
    .describe(
      "the cost that the weights see: by how nearly channels are open (soft), or by those that are open, with the slope of the soft one (hard); default: soft",
    ),
});

/** Kinds whose density is set: where masks learn it, it needs a price, and no key of a recipe sets one. */
const maskNames = weightMaskNames.filter((name) => weightMasks[name].kept !== undefined);

const masks = z.strictObject({
  kind: z
    .enum(maskNames as [WeightMaskName, ...WeightMaskName[]])
    .default("magnitude")
    .describe(
      "which weights stay: the largest of every tensor (magnitude), or the n largest of every m neighbours (nm)",
    ),
  density: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe("of magnitude: share of the weights that stay; with a budget it is found"),
  n: positiveInteger.optional().describe("of nm: how many of every m stay; default: 2"),
  m: positiveInteger.optional().describe("of nm: neighbours along the inputs; default: 4"),
  only: z
    .array(name)
    .min(1)
    .optional()
    .describe("paths of the weights to mask; default: those of all convolutions and linear layers"),
  warmup: z.int().min(0).default(0).describe("first epochs, in which nothing is masked"),
});

const adamOptions = {
  lr: z.number().gt(0).default(1e-3),
  beta1: z.number().min(0).lt(1).default(0.9),
  beta2: z.number().min(0).lt(1).default(0.999),
  epsilon: z.number().gt(0).default(1e-8),
};
const optimizer = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("sgd"),
    lr: z.number().gt(0).default(0.1),
    momentum: z.number().min(0).lt(1).default(0.9),
    nesterov: z.boolean().default(true),
    weightDecay: z.number().min(0).default(5e-4),
  }),
  z.strictObject({
    name: z.literal("adam"),
    ...adamOptions,
    weightDecay: z.number().min(0).default(0),
  }),
  z.strictObject({
    name: z.literal("adamW"),
    ...adamOptions,
    weightDecay: z.number().min(0).default(0.01),
  }),
]);

const schedule = z.strictObject({
  name: z.enum(scheduleNames).default("cosine"),
  warmup: z.number().min(0).default(0).describe("epochs over which the rate rises from 0"),
  options: options.default({}).describe("options of this schedule, such as gamma"),
});

const evaluate = z.strictObject({
  budgets: z
    .array(amount)
    .default([0.25, 0.5, 0.75])
    .describe('shares of the full MACs (0.5, "50%") or amounts of MACs ("2M")'),
  batchSize: positiveInteger.default(256).describe("of validation and of predictions"),
  timed: z
    .array(positiveInteger)
    .min(1)
    .default([1, 32])
    .describe("batch sizes that are timed; the last one really runs the whole split"),
  runs: positiveInteger.default(256).describe("batches to time at most, but for the last size"),
});

const monitor = z.strictObject({
  pressure: positiveInteger
    .optional()
    .describe(
      "after every so many epochs, the norm of the task's gradient and of each cost's over every block of the network; a backward pass each; default: never",
    ),
});

const sweep = z.strictObject({
  lambdas: z.array(z.number().min(0)).min(1).default([0, 0.1, 0.3, 1]),
  sigmas: z
    .array(sigma)
    .min(1)
    .optional()
    .describe("with kind: density: every sigma with every lambda; of an anneal, the last sigma"),
  seeds: z.array(z.int().min(0)).min(1).default([1, 2, 3]),
  baselines: z.array(z.enum(["plain"])).default(["plain"]),
});

export const recipeSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .describe("short name: lower-case letters, digits, dashes"),
  seed: z.int().min(0).default(1).describe("every random draw follows from it"),
  data,
  model,
  objective: objective.prefault({}),
  channels: channels
    .optional()
    .describe("remove channels until the network costs what objective.budget says"),
  masks: masks
    .optional()
    .describe(
      "set single weights to zero; saves no time with this runtime, counts for machines and formats that skip zeros",
    ),
  optimizer: optimizer.prefault({ name: "sgd" }),
  schedule: schedule.prefault({}),
  epochs: positiveInteger.default(20),
  batchSize: positiveInteger.default(64),
  clip: z.number().gt(0).optional().describe("largest norm of the gradient"),
  threads: positiveInteger.default(1).describe("threads within an op"),
  checkpoint: z
    .strictObject({
      everyEpochs: positiveInteger.default(1),
      everySteps: positiveInteger.optional().describe("also within an epoch"),
      keep: positiveInteger.default(2).describe("newest checkpoints that stay, beside the best"),
    })
    .prefault({}),
  evaluate: evaluate.prefault({}),
  monitor: monitor.optional().describe("what is measured while training, beside losses and costs"),
  sweep: sweep.prefault({}),
});

/** A recipe as people write it: what has a default may be left out. */
export type Recipe = z.input<typeof recipeSchema>;
/** A recipe with every default filled in: what config.json of a run holds. */
export type ResolvedRecipe = z.output<typeof recipeSchema>;

export type ObjectiveKind = ResolvedRecipe["objective"]["kind"];
export type Density = z.output<typeof density>;

/** What density means where a recipe does not say. */
export const defaultDensity: Density = density.parse({});
/** The published width. */
export const DEFAULT_SIGMA = 1e-4;

/** Lambda after any warm-up. */
export const lambdaOf = ({ objective: { lambda } }: Pick<ResolvedRecipe, "objective">): number =>
  typeof lambda === "number" ? lambda : lambda.value;

/** The JSON Schema of recipes, for editors. */
export function recipeJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(recipeSchema, { io: "input" }),
    title: "Frugal recipe",
    allOf: Object.entries(partOptions).flatMap(([part, byName]) =>
      Object.entries(byName).map(([name, options]) => optionsRule(part, name, options)),
    ),
  };
}

/** If a part has this name, then its options are these: it has another name, or they are. */
function optionsRule(part: string, name: string, options: z.ZodType): object {
  const { $schema: _, ...schema } = z.toJSONSchema(options, { io: "input" });
  const within = (properties: object) => ({ properties: { [part]: { properties } } });
  return { anyOf: [{ not: within({ name: { const: name } }) }, within({ options: schema })] };
}
