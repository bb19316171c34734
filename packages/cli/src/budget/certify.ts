/** Ends a budget run: exports the network, counts it anew from the file, times it beside the whole one, and says so. */

import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { exitLedger, type TracedExits } from "@frugal/core/adaptive";
import { type EvaluationReport, wilson } from "@frugal/core/evaluation";
import type { PairMeasurement } from "../measure/index.js";
import { loadProfile } from "../profile/load.js";
import { decidingEpochs } from "../recipe/check-budget.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { readCheckpoint } from "../run-store/checkpoints.js";
import { makeFolder, readText, replaceFile } from "../run-store/files.js";
import { readMetrics } from "../run-store/metrics.js";
import { readRecord } from "../run-store/record.js";
import type { RecipeData } from "../training/data.js";
import {
  CERTIFICATE_VERSION,
  type Certificate,
  certificatePath,
  certificateSchema,
} from "./certificate.js";
import { BATCH, exportOnnx } from "./export.js";
import { measureBeside } from "./measure-times.js";
import { channelsOf, type PlannedLimit, planBudget } from "./plan.js";
import { readRemoved } from "./removed.js";
import { readTimes, timeOf } from "./times.js";

/** Where the network lies within the run folder. */
const EXPORTED = join("export", "model.onnx");

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
  const { dataset } = data;
  const plan = planBudget(recipe, dataset, readTimes(folder));
  const ledgers = { executed: exitLedger(traced), exported: profile.ledger };
  const pair = await measureBeside(bytes, { recipe, dataset, name: EXPORTED });
  const costs = plan.limits.map((limit) =>
    costRow(limit, {
      expected: removed.expected?.[limit.name] ?? null,
      policy: removed.policy?.[limit.name] ?? null,
      executed: limit.model.full(ledgers.executed),
      exported: limit.model.full(ledgers.exported),
      measured: measuredOf(limit, pair),
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
    time: timeRow(pair),
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

type Row = Certificate["costs"][number];
type Counted = Pick<Row, "expected" | "policy" | "executed" | "exported" | "measured">;

function measuredOf({ statistic }: PlannedLimit, { a }: PairMeasurement): Row["measured"] {
  return statistic === undefined ? null : { ...timeOf(a, statistic), statistic };
}

/** One line of the certificate. A time is judged by what was measured: a prediction is no proof. */
export function costRow(
  { name, cost, model, unit, limit, full, range }: PlannedLimit,
  counted: Counted,
): Row {
  const { expected, policy, executed, exported, measured } = counted;
  const gap = (value: number | null, before: number | null) =>
    value === null || before === null || before === 0 ? null : value / before - 1;
  const last = measured?.value ?? exported;
  return {
    ...{ name, cost, countedBy: model.title, unit, requested: limit, full, range },
    ...counted,
    gaps: {
      decision: gap(policy, expected),
      fitting: gap(executed, policy),
      export: exported / executed - 1,
      measured: gap(measured?.value ?? null, exported),
      budget: last / limit - 1,
    },
    met: measured ? measured.value <= limit : executed <= limit && exported <= limit,
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

/** Both networks side by side. */
const timeRow = ({ a, b, ratio, rounds }: PairMeasurement): Certificate["time"] => ({
  medianMs: timeOf(a, "p50"),
  fullMedianMs: timeOf(b, "p50"),
  ratio: { value: ratio.median, low: ratio.low, high: ratio.high },
  batch: a.batch,
  threads: a.threads,
  provider: a.provider,
  rounds,
});
