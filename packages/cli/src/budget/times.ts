/** Budgets of time: what the machine's calibration predicts, corrected by what the whole network really takes. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import {
  type CostModel,
  type LatencyPredictor,
  type Ledger,
  latencyCost,
  lookupPredictor,
  predictLatency,
  regressorPredictor,
} from "@frugal/core/costs";
import { type Measurement, quantile, samplesNeeded } from "@frugal/core/evaluation";
import type { CostLimit } from "@frugal/core/objectives";
import { z } from "zod";
import { readDevice, type StoredDevice } from "../calibrate/store.js";
import { readChecked, replaceFile } from "../run-store/files.js";

/** Of the times of single runs: what a limit can be about. */
export const timeStatistics = ["p50", "p90", "p95", "p99"] as const;
export type TimeStatistic = (typeof timeStatistics)[number];

const shares: Readonly<Record<TimeStatistic, number>> = {
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
};

/** Samples that give an interval of the median. */
const SAMPLES = 200;

/**
 * What of the measured times a limit is about: the median, where nothing else is said. Undefined where the cost is counted.
 *
 * @throws UserError E_CONFIG for statistics that a sample of times does not show.
 */
export function timeStatisticOf({
  name,
  cost,
  unit,
  statistic,
}: CostLimit): TimeStatistic | undefined {
  if (unit !== "ms") return undefined;
  if (name === cost) return "p50";
  const found = timeStatistics.find((s) => s === statistic);
  if (found) return found;
  throw new UserError("E_CONFIG", `the ${statistic} of measured times cannot be certified`, {
    where: `objective.budget.${name}`,
    allowed: timeStatistics.map((s) => `${cost}.${s}`).join(", "),
    next: `use ${cost} for the median`,
  });
}

/** How many times are needed for all of these statistics. */
export const samplesFor = (statistics: readonly TimeStatistic[]): number =>
  Math.max(
    SAMPLES,
    ...statistics.map((s) => samplesNeeded(shares[s], { confidence: 0.99, exceedances: 1 })),
  );

export interface MeasuredTime {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A statistic with its interval; where there are too few samples for one, the interval is all of them. */
export function timeOf(
  { percentiles, samplesMs }: Pick<Measurement, "percentiles" | "samplesMs">,
  statistic: TimeStatistic,
): MeasuredTime {
  const found = percentiles[statistic];
  if (!("refused" in found)) return { value: found.ms, low: found.low, high: found.high };
  const value = quantile(samplesMs, shares[statistic], { definition: "linear" });
  return { value, low: Math.min(...samplesMs), high: Math.max(...samplesMs) };
}

const methods = ["table", "regressor"] as const;
type Method = (typeof methods)[number];

const fileName = "times.json";
const positive = z.number().gt(0);

const schema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Of the calibration. */
  device: z.string(),
  calibratedAt: z.string(),
  method: z.enum(methods),
  /** What it predicts for the whole network, uncorrected. */
  predictedMs: positive,
  /** What the whole network took before training, by statistic. */
  measuredMs: z.partialRecord(z.enum(timeStatistics), positive),
});

/** How predictions and measured times compare on the machine of a run. Written before anything is trained. */
export type MachineTimes = z.output<typeof schema>;

export function writeTimes(folder: string, times: MachineTimes): void {
  replaceFile(join(folder, fileName), `${JSON.stringify(times, null, 2)}\n`);
}

/** Undefined where the run has none. */
export function readTimes(folder: string): MachineTimes | undefined {
  const path = join(folder, fileName);
  if (!existsSync(path)) return undefined;
  return readChecked(path, schema);
}

/** What a calibration is needed for, and the key that asks for it. */
interface Need {
  readonly what: string;
  readonly where: string;
}

const budgetOfTime: Need = { what: "a budget of time needs", where: "objective.budget" };

/** @throws UserError E_CONFIG where this machine was never calibrated, or has changed since. */
function calibration({ what, where }: Need): StoredDevice {
  try {
    return readDevice();
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError("E_CONFIG", `${what} a calibrated machine: ${cause.what}`, {
      where,
      allowed: "a machine that frugal has measured",
      next: 'measure this machine with "frugal doctor --calibrate"',
      cause,
    });
  }
}

/** The way that erred least on kernels that it had not seen. */
const bestMethod = ({ heldOut, regressor }: StoredDevice): Method =>
  regressor && heldOut && heldOut.regressor < heldOut.table ? "regressor" : "table";

/** What neither knows is answered by the roofline of the machine. */
function predictorOf({ device, table, regressor }: StoredDevice, method: Method): LatencyPredictor {
  const fallback = { fallback: device };
  if (method === "table" || !regressor) return lookupPredictor(table, fallback);
  return { ...regressorPredictor(regressor, fallback), baseMs: table.baseMs };
}

/** The calibration of this machine, before anything was measured for a run. */
export interface Predictor {
  readonly predictor: LatencyPredictor;
  readonly device: string;
  readonly calibratedAt: string;
  readonly method: Method;
}

/**
 * @throws UserError E_CONFIG without a calibration; E_RUN where the machine was calibrated anew since the run began.
 */
export function machinePredictor(of?: MachineTimes, need: Need = budgetOfTime): Predictor {
  const stored = calibration(need);
  const { name: device, calibratedAt } = stored;
  if (of && (of.device !== device || of.calibratedAt !== calibratedAt)) {
    throw new UserError("E_RUN", "the machine was calibrated anew since the run began", {
      where: `${fileName}: ${of.calibratedAt}`,
      allowed: "the calibration that the budget of time was planned with",
      next: "train anew",
    });
  }
  const method = of?.method ?? bestMethod(stored);
  return { predictor: predictorOf(stored, method), device, calibratedAt, method };
}

/** What a run needs to plan a budget of time: the prediction for the whole network beside what it really takes. */
export function machineTimes(
  { predictor, ...identity }: Predictor,
  whole: Ledger,
  measured: MachineTimes["measuredMs"],
): MachineTimes {
  const predictedMs = predictLatency(whole, predictor).ms;
  return { schemaVersion: 1, ...identity, predictedMs, measuredMs: measured };
}

/**
 * The cost that a limit of time is planned with: predicted kernel by kernel, times what the whole network took over what was
 * predicted for it. One factor also makes a median of a prediction a p95.
 */
export function timeCost(name: string, statistic: TimeStatistic, times: MachineTimes): CostModel {
  const { predictor, device, calibratedAt, method } = machinePredictor(times);
  const factor = times.measuredMs[statistic]! / times.predictedMs;
  return latencyCost({
    name,
    title: `${statistic} by the ${method} of ${device} (calibrated ${calibratedAt.slice(0, 10)}), times ${factor.toPrecision(3)}`,
    predictor: {
      name: predictor.name,
      baseMs: factor * predictor.baseMs,
      predict(kernel) {
        const { ms, source } = predictor.predict(kernel);
        return { ms: factor * ms, source };
      },
    },
  });
}
