/** What stands in the `options` of a recipe's model, schedule and data set: a schema for each name that has any. */

import type { ModelName, ModelOptions, ModelOptionsByName } from "@frugal/core/nn";
import type { FinalOptions, OneCycleOptions, StepOptions } from "@frugal/core/optim";
import { z } from "zod";
import type { DatasetName, DatasetOptions } from "../data/index.js";

/** Options that do not follow from the data: `from` has a key of its own, the shape and classes are the data's. */
type Own<T> = z.ZodType<Omit<T, keyof ModelOptions | "from">>;

const count = z.int().min(1);
const none = z.strictObject({});

const width = count.describe("channels of the first stage").exactOptional();
const resnet = z.strictObject({
  width,
  stem: z.enum(["small", "imagenet"]).describe("how the image enters").exactOptional(),
});
const model = {
  digits: z.strictObject({ width }),
  lenet: z.strictObject({
    width: count.describe("channels of the first convolution").exactOptional(),
  }),
  mlp: z.strictObject({
    hidden: z.array(count).describe("widths of the hidden layers").exactOptional(),
  }),
  resnet8: resnet,
  resnet18: resnet,
  resnet20: resnet,
  vgg16bn: z.strictObject({
    width,
    hidden: z
      .int()
      .min(0)
      .describe("width of the two hidden layers of the classifier; 0: none")
      .exactOptional(),
    dropoutRate: z.number().min(0).lt(1).describe("of the classifier").exactOptional(),
  }),
} as const satisfies { readonly [K in ModelName]: Own<ModelOptionsByName[K]> };

interface ScheduleOptions {
  readonly constant: object;
  readonly step: StepOptions;
  readonly exponential: FinalOptions;
  readonly cosine: FinalOptions;
  readonly oneCycle: OneCycleOptions;
}
type ScheduleName = keyof ScheduleOptions;

const schedule = {
  constant: none,
  step: z.strictObject({
    at: z
      .array(z.number().min(0).max(1))
      .describe("when the rate falls, as shares of the run")
      .exactOptional(),
    gamma: z.number().gt(0).describe("what the rate is multiplied by each time").exactOptional(),
  }),
  exponential: z.strictObject({
    final: z.number().gt(0).describe("share of the rate at the end").exactOptional(),
  }),
  cosine: z.strictObject({
    final: z.number().min(0).describe("share of the rate at the end").exactOptional(),
  }),
  oneCycle: z.strictObject({
    rise: z
      .number()
      .min(0)
      .max(1)
      .describe("share of the run in which the rate rises")
      .exactOptional(),
    startDivisor: z.number().gt(0).describe("largest rate / first rate").exactOptional(),
    finalDivisor: z.number().gt(0).describe("first rate / last rate").exactOptional(),
  }),
} as const satisfies { readonly [K in ScheduleName]: Own<ScheduleOptions[K]> };

export const scheduleNames = Object.keys(schedule) as [ScheduleName, ...ScheduleName[]];

const data = {
  optdigits: none,
  mnist: none,
  "fashion-mnist": none,
  cifar10: z.strictObject({
    variant: z
      .enum(["full", "jpeg-10000", "first-4000"])
      .describe("default: the first of these that is there")
      .exactOptional(),
  }),
  csv: z.strictObject({
    train: z.string().min(1).describe("path of the training file"),
    test: z.string().min(1).describe("path of the official test file").exactOptional(),
    header: z.boolean().describe("whether the first row names the columns").exactOptional(),
    classColumn: z.enum(["first", "last"]).describe("which column is the class").exactOptional(),
    ignoreColumns: z.array(z.int().min(0)).describe("columns to leave out, from 0").exactOptional(),
    delimiter: z.string().length(1).describe("between the cells").exactOptional(),
  }),
  images: z.strictObject({
    colour: z.enum(["auto", "grey", "rgb"]).describe("what the images become").exactOptional(),
  }),
} as const satisfies { readonly [K in DatasetName]: Own<DatasetOptions[K]> };

/** By the group of the recipe and the name that it holds. */
export const partOptions: Readonly<
  Record<"model" | "schedule" | "data", Readonly<Record<string, z.ZodType>>>
> = { model, schedule, data };
