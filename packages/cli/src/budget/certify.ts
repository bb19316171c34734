/** Ends a budget run: exports the network, counts it anew from the file, times it beside the whole one, and says so. */

import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import type { TracedExits } from "@frugal/core/adaptive";
import { type EvaluationReport, type Measurement, wilson } from "@frugal/core/evaluation";
import { initialState } from "@frugal/core/nn";
import { measurePair } from "../measure/index.js";
import { loadProfile } from "../profile/load.js";
import { decidingEpochs } from "../recipe/check-budget.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { readCheckpoint } from "../run-store/checkpoints.js";
import { makeFolder, readText, replaceFile } from "../run-store/files.js";
import { readMetrics } from "../run-store/metrics.js";
import { readRecord } from "../run-store/record.js";
import type { RecipeData } from "../training/data.js";
import { recipeNetwork } from "../training/network.js";
import {
  CERTIFICATE_VERSION,
  type Certificate,
  certificatePath,
  certificateSchema,
} from "./certificate.js";
import { BATCH, exportOnnx } from "./export.js";
import { type BudgetPlan, channelsOf, costOf, ledgerOfNetwork, planBudget } from "./plan.js";
import { readRemoved } from "./removed.js";

/** Where the network lies within the run folder. */
const EXPORTED = join("export", "model.onnx");

/** Samples and rounds of the comparison of times: enough for an interval of the median. */
const SAMPLES = 200;
const ROUNDS = 20;
const SECONDS = 10;

export interface CertifyOptions {
  readonly recipe: ResolvedRecipe;
  readonly data: RecipeData;
  /** The small network. */
  readonly traced: TracedExits;
}

export async function certify(
  folder: string,
  { recipe, data, traced }: CertifyOptions,
): Promise<Certificate> {
  const { model: state } = readCheckpoint(folder);
  const bytes = exportOnnx(traced, state);
  makeFolder(join(folder, "export"));
  replaceFile(join(folder, EXPORTED), bytes);
  const profile = loadProfile(join(folder, EXPORTED), { dim: [`${BATCH}=1`] });
  const removed = readRemoved(folder);
  const plan = planBudget(recipe, data.dataset);
  const ledgers = { executed: ledgerOfNetwork(traced), exported: profile.ledger };
  const costs = plan.limits.map((limit) =>
    costRow(limit, {
      expected: removed.expected?.[limit.name] ?? null,
      policy: removed.policy?.[limit.name] ?? null,
      executed: costOf(limit.cost, ledgers.executed),
      exported: costOf(limit.cost, ledgers.exported),
    }),
  );
  const { accuracy, samples } = testAccuracy(folder);
  const record = readRecord(folder);
  const deciding = channelsOf(recipe).kind === "uniform" ? 0 : decidingEpochs(recipe);
  const certificate: Certificate = certificateSchema.parse({
    schemaVersion: CERTIFICATE_VERSION,
    run: basename(folder),
    verdict: costs.every((c) => c.met) ? "met" : "not met",
    decider: removed.kind,
    costs,
    accuracy: { ...accuracy, split: "test", samples },
    validationAccuracy: validationAccuracy(folder, data),
    time: await timeOf(bytes, { recipe, data }),
    channels: removed.kept,
    model: {
      file: EXPORTED,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      parameters: profile.parameters,
      macs: profile.macs,
    },
    seeds: { run: recipe.seed, split: recipe.data.splitSeed },
    data: {
      name: data.record.name,
      fingerprint: data.record.fingerprint,
      chosenOn: "validation",
      testEvaluations: record.testEvaluations,
    },
    epochs: { deciding, fineTuning: recipe.epochs - deciding },
  } satisfies Certificate);
  replaceFile(certificatePath(folder), `${JSON.stringify(certificate, null, 2)}\n`);
  return certificate;
}

type Counted = Pick<Certificate["costs"][number], "expected" | "policy" | "executed" | "exported">;

function costRow(
  { name, cost, unit, limit, full, range }: BudgetPlan["limits"][number],
  counted: Counted,
): Certificate["costs"][number] {
  const { expected, policy, executed, exported } = counted;
  const gap = (value: number | null, before: number | null) =>
    value === null || before === null || before === 0 ? null : value / before - 1;
  return {
    ...{ name, cost, unit, requested: limit, full, range },
    ...counted,
    gaps: {
      decision: gap(policy, expected),
      fitting: gap(executed, policy),
      export: exported / executed - 1,
      budget: exported / limit - 1,
    },
    met: executed <= limit && exported <= limit,
  };
}

function testAccuracy(folder: string) {
  const report = JSON.parse(readText(join(folder, "eval", "test.json"))) as EvaluationReport;
  return { accuracy: report.full.accuracy, samples: report.samples };
}

/** Of the last epoch: the weights that are certified. */
function validationAccuracy(folder: string, data: RecipeData): Certificate["accuracy"] {
  const metrics = readMetrics(folder, readRecord(folder));
  const last = metrics.findLast((m) => m.split === "validation" && m.name === "accuracy");
  const samples = data.splits.validation.n;
  const value = last?.value ?? 0;
  return {
    value,
    interval: wilson(Math.round(value * samples), samples),
    split: "validation",
    samples,
  };
}

/** Both networks side by side. Times do not depend on what the weights of the whole one are. */
async function timeOf(
  bytes: Uint8Array,
  { recipe, data }: Pick<CertifyOptions, "recipe" | "data">,
): Promise<Certificate["time"]> {
  const whole = recipeNetwork(recipe, data.dataset);
  const full = exportOnnx(whole, initialState(whole, recipe.seed));
  const common = { dims: { [BATCH]: 1 }, threads: recipe.threads };
  const { a, b, ratio, rounds } = await measurePair({
    a: { ...common, model: bytes, name: EXPORTED },
    b: { ...common, model: full, name: "the whole network" },
    rounds: ROUNDS,
    samples: SAMPLES,
    seconds: SECONDS,
    seed: recipe.seed,
  });
  return {
    medianMs: medianOf(a),
    fullMedianMs: medianOf(b),
    ratio: { value: ratio.median, low: ratio.low, high: ratio.high },
    batch: a.batch,
    threads: a.threads,
    provider: a.provider,
    rounds,
  };
}

/** The interval of the median; where there are too few samples for one, all of them. */
function medianOf({ percentiles: { p50 }, samplesMs }: Measurement) {
  if (!("refused" in p50)) return { value: p50.ms, low: p50.low, high: p50.high };
  const sorted = [...samplesMs].sort((x, y) => x - y);
  return { value: sorted[sorted.length >> 1]!, low: sorted[0]!, high: sorted.at(-1)! };
}
