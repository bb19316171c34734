/** What `frugal profile --json` prints: one definition, from which the JSON Schema is made and against which tests check. */

import { elementKinds } from "@frugal/core/costs";
import { z } from "zod";
import { explained, measurement } from "./document-parts.js";
import { scheduleNames } from "./schedules.js";

const count = z.int().min(0);
const words = z.array(z.string());

const coverageShare = z.strictObject({
  nodes: count,
  share: z.number().min(0).max(1).describe("of all nodes"),
});

const layer = z.strictObject({
  path: z.string().describe("layer path, as in layer1.0.conv1; empty for nodes outside of layers"),
  macs: count,
  otherOps: count,
  parameters: count.describe("a shared parameter counts where it is read first"),
  bytesMoved: count,
  activations: count,
  nodes: count,
});

const training = z.strictObject({
  macs: count,
  flops: count,
  keptBytes: count.describe("activations kept for the backward pass"),
  gradientBytes: count,
  optimizerBytes: z.record(z.string(), count).describe("state, by optimiser"),
  totalBytes: z
    .record(z.string(), count)
    .describe("weights, gradients, state and kept activations"),
});

const energy = z.strictObject({
  table: z.string(),
  precision: z.string(),
  method: z.literal("modelled"),
  computeJ: z.number(),
  memory: z.array(
    z.strictObject({
      level: z.string(),
      accesses: z.number(),
      picojoulesPerElement: z.number(),
      joules: z.number(),
    }),
  ),
  memoryJ: z.number(),
  totalJ: z.number(),
  dramShare: z.number(),
  elementAccesses: z.number(),
  assumptions: words,
});

const asic = z.strictObject({
  mode: z.enum(["reference", "corrected"]),
  method: z.literal("modelled"),
  joules: z.number().describe("of the batch in reference mode, of a sample in corrected mode"),
  withoutSkippingJ: z.number(),
  ratio: z.number(),
  density: z.number().describe("assumed share of non-zero outputs of activation functions"),
  batch: count,
  activations: z
    .strictObject({ inPlace: z.number(), separate: z.number() })
    .optional()
    .describe("the ratio by where activations write; reference mode"),
  assumptions: z.array(z.strictObject({ topic: z.string(), statement: z.string() })),
});

const latency = z.strictObject({
  method: z.enum(["roofline", "table", "regressor"]),
  device: z.string(),
  calibratedAt: z.string(),
  ms: z.number(),
  knownShare: z.number().optional().describe("of the time, from kernels that were measured"),
  heldOutError: z
    .number()
    .optional()
    .describe("mean relative error on kernels that were kept from it at calibration"),
});

const model = z.strictObject({
  path: z.string().describe("the file, as it was given"),
  parameters: count.describe("trainable numbers, each counted once however often it is used"),
  macs: count.describe("multiply-accumulates of one run at the bound shapes, padding counted"),
  flops: count.describe("2 * macs"),
  otherOps: count.describe("arithmetic that is no multiply-accumulate, 1 for each operation"),
  activations: count.describe("output elements of convolutions, linear layers and products"),
  peakActivationBytes: count.describe("most bytes of activations alive at once, under `schedule`"),
  weightBytes: count.describe("parameters and buffers as stored"),
  bytesMoved: count.describe("every operand of every node read or written once"),
  unpricedOps: count.describe("nodes that could not be counted and were waived"),
  validMacs: count.describe("macs without those that multiply a padding zero"),
  buffers: count.describe("numbers that are stored and not trained"),
  parameterUses: count.describe("parameters summed over every use; / parameters = reuse"),
  activeParameters: count.describe("parameters that one run reads"),
  zeroParameters: count.nullable().describe("parameters that are exactly 0; null without weights"),
  productAccesses: count.describe("elements that products read and write, each operand once"),
  kernels: count.describe("nodes that do work"),
  criticalPathKernels: count.describe("longest chain of kernels that wait for one another"),
  criticalPathMacs: count.describe("macs on the chain with the most"),
  allocatedBytes: count.describe("sum of the sizes of all activations"),
  training,
  macsByKind: z.strictObject({ conv: count, linear: count, matmul: count, recurrent: count }),
  elements: z
    .strictObject(Object.fromEntries(elementKinds.map((kind) => [kind, count])))
    .describe("elements by class of operation"),
  arithmeticIntensity: z.number().min(0).nullable().describe("macs / bytesMoved"),
  schedule: z.enum(scheduleNames),
  inputs: z.record(z.string(), z.string()).describe("type and shape as bound"),
  outputs: z.record(z.string(), z.string()).describe("type and shape as inferred"),
  inputBytes: count,
  coverage: z.strictObject({
    priced: coverageShare,
    zero: coverageShare,
    unknown: coverageShare,
    ops: z.array(
      z.strictObject({
        op: z.string(),
        status: z.enum(["priced", "zero", "unknown"]),
        nodes: count,
        share: z.number().min(0).max(1),
        reasons: words,
      }),
    ),
  }),
  assumptions: words.describe("what was taken for granted: loops, branches, open sizes"),
  energy: z.array(energy).describe("modelled from published tables, never measured"),
  asic: z
    .array(asic)
    .optional()
    .describe("with --energy asic: the accelerator that skips zeros, in both modes"),
  latency: z
    .array(latency)
    .describe("predicted from counts for a calibrated device; empty where none is calibrated"),
  explained: explained.optional().describe("with --explain"),
  measured: measurement.optional().describe("with --measure"),
  layers: z.array(layer).describe("totals of each layer path, in the file's order"),
});

export const profileDocumentSchema = z.strictObject({
  models: z.array(model).min(1).describe("in the order of the command line"),
  against: z
    .strictObject({
      a: measurement,
      b: measurement,
      ratio: z
        .strictObject({ median: z.number(), low: z.number(), high: z.number() })
        .describe("time of the first model over time of the second"),
      request: z
        .strictObject({ median: z.number(), low: z.number(), high: z.number() })
        .optional()
        .describe("with --image: the same of whole requests, decoding and preparation included"),
      rounds: count,
    })
    .optional()
    .describe("with --against"),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
export type ModelDocument = DeepReadonly<z.infer<typeof model>>;
export type LayerDocument = z.infer<typeof layer>;

/** The published schema: `frugal schema profile`. */
export const profileJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(profileDocumentSchema),
  title: "What frugal profile --json prints",
});
