/** Everything that a report shows, gathered from the files of a run or a sweep. */

import { basename, resolve } from "node:path";
import { UserError } from "@frugal/core/base";
import type { EvaluationReport } from "@frugal/core/evaluation";
import { stringify } from "yaml";
import { readEvaluation } from "../commands/evaluation-table.js";
import { readFiring } from "../firing/file.js";
import { checkRecipe } from "../recipe/check.js";
import { lambdaOf, type ResolvedRecipe } from "../recipe/schema.js";
import { configPath, readConfig } from "../run-store/folder.js";
import { type MetricRecord, readMetrics } from "../run-store/metrics.js";
import { type RunRecord, readRecord } from "../run-store/record.js";
import { isSweep, readSweep } from "../sweep/record.js";
import {
  type EvaluatedTrial,
  evaluatedTrials,
  type GatePoint,
  gatePoints,
  type SweepPoint,
  settingOf,
  sweepPoints,
} from "../sweep/summary.js";
import { type CostCurves, costCurves } from "./cost-curves.js";
import type { CountedTrial } from "./firing.js";

/** Values of one run over its epochs. */
export interface Curve {
  readonly setting: string;
  readonly seed: number;
  /** By the name of the metric: pairs of epoch and value. */
  readonly values: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

export interface ReportData {
  readonly title: string;
  readonly folder: string;
  readonly split: string;
  /** What the intervals are over. */
  readonly intervals: string;
  readonly seeds: number;
  readonly points: readonly SweepPoint[];
  readonly gates: readonly GatePoint[];
  readonly exits: readonly string[];
  readonly curves: readonly Curve[];
  /** Of a single run. */
  readonly costs?: CostCurves;
  readonly evaluations: readonly EvaluatedTrial[];
  /** Of the trials whose firing was counted. */
  readonly firing: readonly CountedTrial[];
  readonly warnings: readonly {
    readonly id: string;
    readonly message: string;
    readonly where: string;
  }[];
  /** Trials that did not come to an end, with the reason. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
  readonly recipe: ResolvedRecipe;
  readonly settings: string;
  readonly provenance: readonly (readonly [string, string])[];
}

/** Gathers the data of a run folder or a sweep folder. */
export function reportData(folder: string): ReportData {
  return isSweep(folder) ? sweepData(folder) : runData(folder);
}

function sweepData(folder: string): ReportData {
  const sweep = readSweep(folder);
  const evaluations = evaluatedTrials(folder, sweep);
  requireAny(evaluations.length, folder, "frugal sweep");
  const failed = sweep.trials
    .filter((t) => t.status !== "completed")
    .map((t) => ({ id: t.id, reason: t.error?.message ?? t.status }));
  const seeds = new Set(evaluations.map((t) => t.seed)).size;
  return {
    ...shared(folder, sweep.recipe, evaluations),
    title: `${sweep.name}: accuracy against compute`,
    intervals:
      seeds > 1
        ? `Mean over ${seeds} seeds; whiskers: 95 % interval of the mean (Student's t)`
        : "One seed: no interval can be given",
    seeds,
    points: sweepPoints(evaluations),
    failed,
  };
}

function runData(folder: string): ReportData {
  const record = readRecord(folder);
  const recipe = checkRecipe(readConfig(folder), configPath(folder));
  const report = readEvaluation(folder, "test") ?? readEvaluation(folder, "validation");
  requireAny(report ? 1 : 0, folder, "frugal evaluate");
  const { kind } = recipe.objective;
  const trial: EvaluatedTrial = {
    id: basename(folder),
    kind,
    ...(kind === "exits" || kind === "density" ? { lambda: lambdaOf(recipe) } : {}),
    seed: record.seed,
    folder,
    report: report!,
  };
  const costs = costCurves(folder, record);
  return {
    ...shared(folder, recipe, [trial]),
    ...(costs ? { costs } : {}),
    title: `${record.name}: accuracy against compute`,
    split: report!.split,
    intervals: `One run on ${report!.samples} samples; whiskers: Wilson's 95 % interval`,
    seeds: 1,
    points: withWilson(sweepPoints([trial]), report!),
    failed: [],
  };
}

function requireAny(count: number, folder: string, command: string): void {
  if (count > 0) return;
  throw new UserError("E_RUN", "nothing has been evaluated yet: there is nothing to report", {
    where: resolve(folder),
    next: `${command} ${folder}`,
  });
}

/** One run has no spread over seeds, but a sampling error. */
function withWilson(points: readonly SweepPoint[], report: EvaluationReport): SweepPoint[] {
  return points.map((point) => {
    const row = report.budgets.find((b) => b.fraction === point.budget) ?? report.full;
    const { low, high } = row.accuracy.interval;
    return { ...point, accuracy: { ...point.accuracy, low, high } };
  });
}

function shared(folder: string, recipe: ResolvedRecipe, evaluations: readonly EvaluatedTrial[]) {
  const records = evaluations.map((t) => readRecord(t.folder));
  return {
    folder: resolve(folder),
    split: "test",
    gates: gatePoints(evaluations),
    exits:
      evaluations
        .map((t) => t.report.exits.map((e) => e.name))
        .toSorted((a, b) => b.length - a.length)[0] ?? [],
    curves: evaluations.map((trial, i) => curveOf(trial, records[i]!)),
    evaluations,
    firing: evaluations.flatMap((trial) => countedOf(trial)),
    warnings: evaluations.flatMap((t) => warningsOf(t)),
    recipe,
    settings: stringify(recipe),
    provenance: provenanceOf(records, evaluations),
  };
}

function countedOf(trial: EvaluatedTrial): CountedTrial[] {
  const found = readFiring(trial.folder, trial.report.split);
  return found ? [{ setting: settingOf(trial), seed: trial.seed, found }] : [];
}

const curveNames = ["score", "loss", "accuracy", "expectedCost", "policyCost"] as const;

function curveOf(trial: EvaluatedTrial, record: RunRecord): Curve {
  const metrics = readMetrics(trial.folder, record).filter((m) => m.split === "validation");
  const of = (name: string) =>
    metrics.filter((m: MetricRecord) => m.name === name).map((m) => [m.epoch, m.value] as const);
  return {
    setting: settingOf(trial),
    seed: trial.seed,
    values: Object.fromEntries(curveNames.map((name) => [name, of(name)])),
  };
}

function warningsOf({ id, report }: EvaluatedTrial): ReportData["warnings"] {
  const at = (where: string) => (w: { id: string; message: string }) => ({ ...w, where });
  return [
    ...report.warnings.map(at(id)),
    ...report.budgets.flatMap((b) =>
      b.warnings.map(at(`${id}, budget ${Math.round(100 * b.fraction)} %`)),
    ),
    ...report.infeasible.map(({ budget, reason }) => ({
      id: "budget/infeasible",
      message: `${Math.round(budget)} MACs: ${reason}`,
      where: id,
    })),
  ];
}

function provenanceOf(
  records: readonly RunRecord[],
  evaluations: readonly EvaluatedTrial[],
): [string, string][] {
  const first = records[0]!;
  const { dataset, host, git, versions } = first;
  const seconds = records.reduce((sum, r) => sum + r.trainSeconds, 0);
  const looks = records.reduce((sum, r) => sum + r.testEvaluations, 0);
  return [
    [
      "data",
      `${dataset.name}: ${dataset.train} train, ${dataset.validation} validation, ${dataset.test} test`,
    ],
    ["data fingerprint", dataset.fingerprint],
    ...(dataset.note ? [["note on the data", dataset.note] as [string, string]] : []),
    ["model", `${evaluations[0]!.report.model}, ${evaluations[0]!.report.parameters} parameters`],
    ["runs", `${records.length}, trained for ${seconds.toFixed(1)} s in all`],
    ["looks at the test data", `${looks}, thresholds and choices from validation`],
    ["engine", first.engine],
    [
      "machine",
      `${host.cpu}, ${host.cores} cores, ${(host.memoryBytes / 1e9).toFixed(0)} GB, ${host.platform}`,
    ],
    ["versions", `frugal ${versions.frugal}, node ${versions.node}`],
    [
      "source",
      git ? `${git.commit}${git.dirty ? ", with local changes" : ""}` : "not in a git checkout",
    ],
    ["trained", records.map((r) => r.startedAt).toSorted()[0]!],
  ];
}
