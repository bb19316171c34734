/** The certificate of a network: exported, counted anew from the file, timed beside the whole one. */

import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import type { State, TracedExits } from "@frugal/core/adaptive";
import type { Profile } from "@frugal/core/costs";
import { type EvaluationReport, wilson } from "@frugal/core/evaluation";
import type { PairMeasurement } from "../measure/index.js";
import { loadProfile } from "../profile/load.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
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
import type { PlannedLimit } from "./plan.js";
import { timeOf } from "./times.js";

/** Where the network lies within the run folder. */
const EXPORTED = join("export", "model.onnx");

/** A network as a file. */
export interface ExportedNetwork {
  /** Within the run folder. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Of the written file, for one sample. */
  readonly profile: Profile;
}

export function exportNetwork(folder: string, traced: TracedExits, state: State): ExportedNetwork {
  const bytes = exportOnnx(traced, state);
  makeFolder(join(folder, "export"));
  replaceFile(join(folder, EXPORTED), bytes);
  const profile = loadProfile(join(folder, EXPORTED), { dim: [`${BATCH}=1`] });
  return { file: EXPORTED, bytes, profile };
}

export interface CertifyOptions {
  readonly recipe: ResolvedRecipe;
  readonly data: RecipeData;
  readonly exported: ExportedNetwork;
  readonly costs: readonly Row[];
  /** The exported network beside the whole one. */
  readonly pair: PairMeasurement;
  readonly decided: Pick<Certificate, "decider" | "channels" | "masks" | "note" | "epochs">;
}

/** Writes certificate.json. */
export function certify(
  folder: string,
  { recipe, data, exported, costs, pair, decided }: CertifyOptions,
): void {
  const { accuracy, samples } = testAccuracy(folder);
  const record = readRecord(folder);
  const { file, bytes, profile } = exported;
  const { decider, channels, masks, note, epochs } = decided;
  const certificate: Certificate = certificateSchema.parse({
    schemaVersion: CERTIFICATE_VERSION,
    run: basename(folder),
    verdict: costs.every((c) => c.met) ? "met" : "not met",
    decider,
    costs: [...costs],
    accuracy: { ...accuracy, split: "test", samples },
    validationAccuracy: validationAccuracy(folder, data),
    time: timeRow(pair),
    channels,
    masks,
    note,
    model: {
      file,
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
    epochs,
  } satisfies Certificate);
  replaceFile(certificatePath(folder), `${JSON.stringify(certificate, null, 2)}\n`);
}

export type Row = Certificate["costs"][number];
type Counted = Pick<Row, "expected" | "policy" | "executed" | "exported" | "measured">;

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
