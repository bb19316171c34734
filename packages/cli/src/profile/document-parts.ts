/** Parts of the document that are there only when asked for: explanations and measurements. */

import { z } from "zod";

const count = z.int().min(0);
const words = z.array(z.string());

const percentile = z.union([
  z.strictObject({ ms: z.number(), low: z.number(), high: z.number() }),
  z.strictObject({ refused: z.string(), needs: count }),
]);

export const measurement = z.looseObject({
  provider: z.string(),
  threads: count,
  batch: count,
  scenario: z.string(),
  samples: count,
  samplesMs: z.array(z.number()).describe("every sample, in the order they were taken"),
  warmup: z.strictObject({ runs: count, ms: z.number(), stable: z.boolean() }),
  meanMs: z.number(),
  quantile: z.string().describe("definition of the quantiles"),
  percentiles: z.strictObject({
    p50: percentile,
    p90: percentile,
    p95: percentile,
    p99: percentile,
  }),
  throughput: z.array(z.strictObject({ batch: count, perSecond: z.number() })),
  sessionStartMs: z.number(),
  firstRunMs: z.number(),
  preprocessMs: z.number().optional(),
  decodeMs: z.number().optional(),
  peakMemoryBytes: count.optional(),
  energy: z.union([
    z.looseObject({ measured: z.literal(false), reason: z.string() }),
    z.looseObject({ measured: z.literal(true), joules: z.number(), domain: z.string() }),
  ]),
  layers: z
    .array(
      z.strictObject({
        path: z.string().describe("as the runtime calls it"),
        ms: z.number(),
        share: z.number(),
        layer: z.string().optional().describe("path of the layer, where the name tells it"),
        macs: count.optional().describe("of the nodes fused into it, where they are known"),
      }),
    )
    .optional(),
  warnings: words,
});

const step = z.strictObject({
  label: z.string(),
  fromFactor: z.number(),
  toFactor: z.number(),
  count: z.number(),
  change: z.number().describe("(toFactor - fromFactor) * count"),
  note: z.string().optional(),
});

/** As SourceTraits of the library. */
const traits = z.looseObject({}).describe("how the network was taken to be written in Python");

const explanation = z.strictObject({
  from: z.string(),
  to: z.string(),
  fromTraits: traits,
  toTraits: traits,
  fromTotal: z.number(),
  toTotal: z.number(),
  difference: z.number().describe("the sum of the changes"),
  steps: z.array(step),
});

const reading = z.looseObject({
  value: z.number(),
  step: z.number().describe("of the last digit that was given"),
  matches: z.array(
    z.looseObject({ convention: z.string(), total: z.number(), agreement: z.string() }),
  ),
  nearest: z.looseObject({ convention: z.string(), total: z.number() }),
});

export const explained = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("all"),
    traits,
    counters: z.array(
      z.strictObject({
        name: z.string(),
        title: z.string(),
        unit: z.string(),
        total: z.number(),
        counts: z.string().describe("what the counter counts, in one sentence"),
      }),
    ),
  }),
  z.strictObject({ kind: z.literal("tools"), explanation }),
  z.strictObject({
    kind: z.literal("numbers"),
    numbers: z.strictObject({ a: reading, b: reading, explanation: explanation.optional() }),
  }),
]);
