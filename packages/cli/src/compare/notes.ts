/** What the files do not say: accuracies with their spread, active experts, backends, baselines, times from elsewhere. */

import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { UserError } from "@frugal/core/base";
import { type MeasuredRow, type Reading, summariseSeeds, wilson } from "@frugal/core/evaluation";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { describeIssues } from "../recipe/check.js";

const share = z.number().min(0).max(1);
const positive = z.number().positive();

const spread = (value: z.ZodNumber) =>
  z
    .strictObject({ value, low: value, high: value })
    .refine(({ low, value: v, high }) => low <= v && v <= high, "low <= value <= high");

const accuracy = z.union([
  share.describe("a share"),
  spread(share).describe("with its interval"),
  z.strictObject({ seeds: z.array(share).min(2) }).describe("of several trainings"),
  z
    .strictObject({ correct: z.int().min(0), of: z.int().min(1) })
    .refine((a) => a.correct <= a.of, "correct <= of")
    .describe("of one test set"),
]);

const time = z.union([positive, spread(positive)]);

const settingName = (row: object): string => {
  const { machine, provider, threads, batch } = row as Record<string, unknown>;
  return JSON.stringify([machine, provider, threads, batch]);
};

const measured = z.strictObject({
  machine: z.string().min(1),
  provider: z.string().optional(),
  threads: z.int().min(1).optional(),
  batch: z.int().min(1).optional(),
  perSecond: positive.optional().describe("samples a second at full load"),
  meanMs: time.optional(),
  p50Ms: time.optional(),
  p95Ms: time.optional(),
  p99Ms: time.optional(),
  joules: time.optional().describe("of one run"),
});

const model = z.strictObject({
  accuracy: accuracy.optional(),
  family: z.string().optional().describe("models of one family differ in size only"),
  activeParameters: z.int().min(1).optional().describe("parameters that one run touches"),
  zeroShare: share.optional().describe("share of the parameters that are 0"),
  skipsZeros: z.boolean().optional().describe("the backend does no work for zeros"),
  resizedToMatch: z.string().optional().describe("the model whose compute it was resized to match"),
  measured: z
    .array(measured)
    .refine((rows) => new Set(rows.map(settingName)).size === rows.length, "each setting once")
    .optional(),
});

const notesSchema = z.strictObject({ models: z.record(z.string(), model) });

export type ModelNotes = z.infer<typeof model>;
type MeasuredNotes = z.infer<typeof measured>;

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new UserError("E_CONFIG", `cannot read the notes: ${code ?? message}`, {
      where: path,
      allowed: "a .yaml or .json file",
      next: "check the path",
      cause,
    });
  }
}

function parseText(text: string, path: string): unknown {
  try {
    return extname(path).toLowerCase() === ".json" ? JSON.parse(text) : parse(text);
  } catch (cause) {
    const line = cause instanceof YAMLParseError ? cause.linePos?.[0].line : undefined;
    throw new UserError(
      "E_CONFIG",
      `the notes cannot be parsed: ${(cause as Error).message.split("\n")[0]}`,
      {
        where: line === undefined ? path : `${path}:${line}`,
        allowed: "YAML, or JSON in a .json file",
        cause,
      },
    );
  }
}

/**
 * The notes of a file, by what it calls the models.
 *
 * @throws UserError E_CONFIG where it cannot be read or says something else than notes may say.
 */
export function readNotes(path: string): Readonly<Record<string, ModelNotes>> {
  const value = parseText(readText(path), path);
  const parsed = notesSchema.safeParse(value);
  if (!parsed.success) {
    throw describeIssues(parsed.error.issues, { value, source: path, schema: notesSchema });
  }
  return parsed.data.models;
}

/** A noted accuracy with the interval that its form allows: of seeds Student's, of counts Wilson's. */
export function accuracyReading(given: NonNullable<ModelNotes["accuracy"]>): Reading {
  if (typeof given === "number") return { value: given };
  if ("seeds" in given) {
    const { mean, interval } = summariseSeeds(given.seeds);
    return { value: mean, ...(interval ? { interval } : {}) };
  }
  if ("correct" in given) {
    return { value: given.correct / given.of, interval: wilson(given.correct, given.of) };
  }
  return { value: given.value, interval: { low: given.low, high: given.high } };
}

const timeReading = (t: z.infer<typeof time>): Reading =>
  typeof t === "number" ? { value: t } : { value: t.value, interval: { low: t.low, high: t.high } };

/** A noted row of times. */
export function measuredReading(notes: MeasuredNotes): MeasuredRow {
  const { machine, provider, threads, batch, perSecond, ...times } = notes;
  return {
    machine,
    ...(provider === undefined ? {} : { provider }),
    ...(threads === undefined ? {} : { threads }),
    ...(batch === undefined ? {} : { batch }),
    ...(perSecond === undefined ? {} : { sampleMs: { value: 1000 / perSecond } }),
    ...Object.fromEntries(
      Object.entries(times).flatMap(([name, t]) =>
        t === undefined ? [] : [[name, timeReading(t)]],
      ),
    ),
  };
}
