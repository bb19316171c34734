/** certificate.json: what was asked of a network, what it costs by every way of counting, and whether it is met. */

import { join } from "node:path";
import { z } from "zod";
import { readChecked } from "../run-store/files.js";
import { timeStatistics } from "./times.js";

export const CERTIFICATE_VERSION = 1;

const count = z.int().min(0);
const amount = z.number().min(0);
const share = z.number().min(0).max(1);
const interval = z.strictObject({ low: z.number(), high: z.number() });

const keptOf = z.record(z.string(), z.strictObject({ kept: count, of: count }));

const accuracy = z.strictObject({
  value: share,
  interval: interval.describe("Wilson, 95 %"),
  split: z.enum(["validation", "test"]),
  samples: count,
});

const cost = z.strictObject({
  name: z.string().describe("as it was asked for"),
  cost: z.string().describe("the cost model"),
  countedBy: z.string().default("").describe("its title; of a time, what predicts it"),
  unit: z.string(),
  requested: amount.describe("at most this, for one sample"),
  full: amount.describe("of the whole network"),
  range: z
    .strictObject({ lowest: amount, highest: amount })
    .describe("what channels or masks can reach"),
  expected: amount
    .nullable()
    .describe("by soft gates when channels were chosen; null without gates"),
  policy: amount
    .nullable()
    .describe(
      "by open gates at that time, before the network was fitted; by what masks should keep",
    ),
  executed: amount.describe("counted on the network that was trained to the end"),
  exported: amount.describe("counted anew from the written file"),
  measured: interval
    .extend({ value: amount, statistic: z.enum(timeStatistics) })
    .nullable()
    .default(null)
    .describe("of a limit of time: single runs of the written file on this machine, 95 %"),
  gaps: z
    .strictObject({
      decision: z.number().nullable().describe("policy / expected - 1"),
      fitting: z.number().nullable().describe("executed / policy - 1"),
      export: z.number().describe("exported / executed - 1"),
      measured: z.number().nullable().default(null).describe("measured / exported - 1"),
      budget: z
        .number()
        .describe("exported / requested - 1, or measured / requested - 1: above 0 is not met"),
    })
    .describe("shares of the number before"),
  met: z.boolean().describe("a time by what was measured, everything else by what was counted"),
});

const time = z.strictObject({
  medianMs: interval.extend({ value: amount }).describe("95 %, of one run"),
  fullMedianMs: interval.extend({ value: amount }),
  ratio: interval.extend({ value: amount }).describe("time over that of the whole network"),
  batch: count,
  threads: count,
  provider: z.string(),
  rounds: count,
});

export const certificateSchema = z.strictObject({
  schemaVersion: z.literal(CERTIFICATE_VERSION),
  run: z.string(),
  verdict: z.enum(["met", "not met"]),
  decider: z.string().describe("how channels or weights were chosen"),
  costs: z.array(cost).min(1),
  accuracy,
  validationAccuracy: accuracy,
  time,
  channels: keptOf.describe("of each group"),
  masks: keptOf.default({}).describe("weights that masks kept, by tensor"),
  note: z.string().default("").describe("what must be said with the numbers"),
  model: z.strictObject({
    file: z.string().describe("within the run folder"),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    parameters: count,
    macs: count,
  }),
  seeds: z.strictObject({ run: count, split: count }),
  data: z.strictObject({
    name: z.string(),
    fingerprint: z.string(),
    chosenOn: z.literal("validation").describe("everything that was chosen"),
    testEvaluations: count.describe("how often the test split was looked at"),
  }),
  epochs: z
    .strictObject({ deciding: count, fineTuning: count })
    .describe("of the whole network, and of what was left of it"),
});

/** What a budget run ends with. */
export type Certificate = z.output<typeof certificateSchema>;

export const certificatePath = (folder: string): string => join(folder, "certificate.json");

export const readCertificate = (folder: string): Certificate =>
  readChecked(certificatePath(folder), certificateSchema);

/** The JSON Schema of certificate.json, for readers in other languages. */
export const certificateJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(certificateSchema),
  title: "Frugal certificate",
});
