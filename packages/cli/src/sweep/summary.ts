/** The points of a sweep: for every setting and budget, means and intervals over seeds. */

import type { EvaluationReport, FiringEvaluation } from "@frugal/core/evaluation";
import { summariseSeeds } from "@frugal/core/evaluation";
import { percent } from "../app/format.js";
import { readEvaluation } from "../commands/evaluation-table.js";
import { readFiring } from "../firing/file.js";
import type { ObjectiveKind } from "../recipe/schema.js";
import type { SweepRecord } from "./record.js";
import { trialFolder, trialsOf } from "./trials.js";

/** A mean over seeds. The interval is Student's t, 95 %; absent with one seed. */
export interface Estimate {
  readonly mean: number;
  readonly low?: number;
  readonly high?: number;
  readonly n: number;
}

export interface LatencyEstimate {
  readonly batchSize: number;
  readonly ms: Estimate;
}

/** What the gates of a setting do by themselves, without fitted thresholds. */
export interface GatePoint {
  readonly setting: string;
  readonly accuracy: Estimate;
  readonly expectedMacs: Estimate;
  readonly policyMacs: Estimate;
}

/** What was counted and simulated of the networks of a setting: shares of 1. */
export interface FiringEstimate {
  /** Of the values of all layers, those that are not zero. */
  readonly share: Estimate;
  /** Energy on the zero-skipping accelerator over that without skipping, as published. */
  readonly reference: Estimate;
  /** The same, counted as it would work. */
  readonly corrected: Estimate;
}

export interface SweepPoint {
  /** The setting: "plain", or a lambda. */
  readonly setting: string;
  readonly kind: ObjectiveKind;
  readonly lambda?: number;
  readonly sigma?: number;
  /** Share of the full MACs; undefined for the whole network. */
  readonly budget?: number;
  /** The same in MACs per sample. */
  readonly budgetMacs?: number;
  readonly accuracy: Estimate;
  /** What chooses between settings: never the test accuracy. */
  readonly validation?: { readonly accuracy: Estimate; readonly macs: Estimate };
  readonly expectedMacs?: Estimate;
  readonly policyMacs: Estimate;
  readonly executedMacs: Estimate;
  /** Of whole networks, where it was counted for every seed. */
  readonly firing?: FiringEstimate;
  /** Milliseconds per sample at each batch size that was timed. */
  readonly latency: readonly LatencyEstimate[];
  readonly shares?: readonly number[];
  readonly random?: { readonly accuracy: Estimate; readonly macs: Estimate };
  readonly oracle?: { readonly accuracy: Estimate; readonly macs: Estimate };
  /** Best validation accuracy of all settings at this budget. */
  readonly isChosen: boolean;
}

export interface EvaluatedTrial {
  readonly id: string;
  readonly kind: ObjectiveKind;
  readonly lambda?: number;
  readonly sigma?: number;
  readonly seed: number;
  readonly folder: string;
  readonly report: EvaluationReport;
  /** Where it was counted. */
  readonly firing?: FiringEvaluation;
}

/** The trials of a sweep that have been evaluated. */
export function evaluatedTrials(
  folder: string,
  sweep: SweepRecord,
  split = "test",
): EvaluatedTrial[] {
  return trialsOf(sweep.recipe).flatMap(({ recipe: _, ...trial }) => {
    const at = trialFolder(folder, { ...trial, recipe: sweep.recipe });
    const report = readEvaluation(at, split);
    const firing = readFiring(at, split);
    return report ? [{ ...trial, folder: at, report, ...(firing ? { firing } : {}) }] : [];
  });
}

export function estimate(values: readonly number[]): Estimate {
  const { mean, n, interval } = summariseSeeds(values);
  return interval ? { mean, n, low: interval.low, high: interval.high } : { mean, n };
}

/** The words for a setting: its kind where nothing is swept. */
export const settingOf = ({
  kind,
  lambda,
  sigma,
}: Pick<EvaluatedTrial, "kind" | "lambda" | "sigma">): string =>
  [
    lambda === undefined ? kind : `lambda ${lambda}`,
    ...(sigma === undefined ? [] : [`sigma ${sigma}`]),
  ].join(", ");

type Latencies = EvaluationReport["full"]["latency"];

/** Batch sizes that every seed was timed at. */
const latencyOf = (seeds: readonly Latencies[]): LatencyEstimate[] =>
  seeds[0]!.flatMap(({ batchSize }) => {
    const times = seeds.flatMap((list) => list.filter((l) => l.batchSize === batchSize));
    return times.length === seeds.length
      ? [{ batchSize, ms: estimate(times.map((t) => t.mean)) }]
      : [];
  });

/** Trials by setting, in the order in which they are given. */
function bySetting(trials: readonly EvaluatedTrial[]): [string, EvaluatedTrial[]][] {
  const groups = new Map<string, EvaluatedTrial[]>();
  for (const trial of trials) {
    groups.set(settingOf(trial), [...(groups.get(settingOf(trial)) ?? []), trial]);
  }
  return [...groups];
}

/** One point for every setting that has gates. */
export const gatePoints = (trials: readonly EvaluatedTrial[]): GatePoint[] =>
  bySetting(trials).flatMap(([setting, group]) => {
    const gates = group.flatMap(({ report }) => (report.gates ? [report.gates] : []));
    if (gates.length < group.length) return [];
    return [
      {
        setting,
        accuracy: estimate(gates.map((g) => g.accuracy.value)),
        expectedMacs: estimate(gates.map((g) => g.expectedMacs)),
        policyMacs: estimate(gates.map((g) => g.policyMacs)),
      },
    ];
  });

/** Every point of a sweep, settings in the order of the recipe, budgets rising. */
export function sweepPoints(trials: readonly EvaluatedTrial[]): SweepPoint[] {
  const points = bySetting(trials).flatMap(([setting, group]) => pointsOf(setting, group));
  return points.map((point) => ({ ...point, isChosen: isBest(point, points) }));
}

type Unchosen = Omit<SweepPoint, "isChosen">;

function pointsOf(setting: string, group: readonly EvaluatedTrial[]): Unchosen[] {
  const { kind, lambda, sigma } = group[0]!;
  const identity = {
    ...{ setting, kind },
    ...(lambda === undefined ? {} : { lambda }),
    ...(sigma === undefined ? {} : { sigma }),
  };
  const reports = group.map((t) => t.report);
  // A budget that one seed cannot reach is no point of the curve.
  const fractions = reports[0]!.budgets
    .map((b) => b.fraction)
    .filter((f) => reports.every((r) => r.budgets.some((b) => sameShare(b.fraction, f))))
    .toSorted((a, b) => a - b);
  const budgeted = fractions.map((fraction): Unchosen => {
    const rows = reports.map((r) => r.budgets.find((b) => sameShare(b.fraction, fraction))!);
    const over = (pick: (row: (typeof rows)[number]) => number) => estimate(rows.map(pick));
    return {
      ...identity,
      budget: fraction,
      budgetMacs: rows[0]!.budget,
      accuracy: over((b) => b.accuracy.value),
      validation: {
        accuracy: over((b) => b.validation.accuracy),
        macs: over((b) => b.validation.macs),
      },
      ...(rows.every((b) => b.macs.expected !== null)
        ? { expectedMacs: over((b) => b.macs.expected!) }
        : {}),
      policyMacs: over((b) => b.macs.policy),
      executedMacs: over((b) => b.macs.executed),
      latency: latencyOf(rows.map((b) => b.latency)),
      shares: rows[0]!.shares.map((_, k) => over((b) => b.shares[k]!).mean),
      random: {
        accuracy: over((b) => b.baselines.random.accuracy),
        macs: over((b) => b.baselines.random.macs),
      },
      oracle: {
        accuracy: over((b) => b.baselines.oracle.accuracy),
        macs: over((b) => b.baselines.oracle.macs),
      },
    };
  });
  const macs = estimate(reports.map((r) => r.full.macs));
  const firing = firingOf(group);
  const full: Unchosen = {
    ...identity,
    accuracy: estimate(reports.map((r) => r.full.accuracy.value)),
    policyMacs: macs,
    executedMacs: macs,
    ...(firing ? { firing } : {}),
    latency: latencyOf(reports.map((r) => r.full.latency)),
  };
  return [...budgeted, full];
}

function firingOf(group: readonly EvaluatedTrial[]): FiringEstimate | undefined {
  const counted = group.flatMap((t) => t.firing ?? []);
  if (counted.length < group.length) return undefined;
  return {
    share: estimate(counted.map((c) => c.firing.all.share)),
    reference: estimate(counted.map((c) => c.energy.reference.ratio)),
    corrected: estimate(counted.map((c) => c.energy.corrected.ratio)),
  };
}

const sameShare = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;

/** Best on validation at its budget; of equals, the one that spends less there, then the one listed first. */
function isBest(point: Unchosen, points: readonly Unchosen[]): boolean {
  const { budget, validation } = point;
  if (budget === undefined || !validation) return false;
  return points.every((other, i) => {
    if (other === point || other.budget === undefined || !other.validation) return true;
    if (!sameShare(other.budget, budget)) return true;
    const lead = validation.accuracy.mean - other.validation.accuracy.mean;
    if (Math.abs(lead) > 1e-12) return lead > 0;
    const saved = other.validation.macs.mean - validation.macs.mean;
    return Math.abs(saved) > 1e-9 ? saved > 0 : i > points.indexOf(point);
  });
}

/** A mean with half the width of its interval. */
export const range = (e: Estimate, digits: number): string =>
  e.low === undefined
    ? percent(e.mean, digits)
    : `${(100 * e.mean).toFixed(digits)} ± ${(100 * (e.high! - e.mean)).toFixed(digits)} %`;

/** What the intervals of a table are. */
export function seedsText(points: readonly SweepPoint[]): string {
  const seeds = Math.max(...points.map((p) => p.accuracy.n));
  return seeds === 1 ? "1 seed: no interval" : `${seeds} seeds, mean ± 95 % interval (Student's t)`;
}
