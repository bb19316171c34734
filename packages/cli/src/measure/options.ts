/** What to measure, and how long. */

import { UserError } from "@frugal/core/base";
import {
  type QuantileDefinition,
  quantileDefinitions,
  type ScenarioName,
  samplesNeeded,
  scenarios,
} from "@frugal/core/evaluation";

/** How to open a model and what to feed it. */
export interface ModelOptions {
  /** Path of an ONNX file, or its bytes (no external data then). */
  readonly model: string | Uint8Array;
  /** Name for reports. Default: the path. */
  readonly name?: string;
  /** The engine's provider. Default "cpu". */
  readonly provider?: string;
  /** Threads within an op. Default 1. */
  readonly threads?: number;
  /** Samples in a call. Default 1; multi-stream takes 8, and offline the best of the sweep. */
  readonly batch?: number;
  /** Whole shapes of inputs, by name. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** Lengths of named dimensions. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Whole numbers [low, high) for integer inputs, by name. Default: the rows of the table they index, else ones. */
  readonly ranges?: Readonly<Record<string, readonly [number, number]>>;
  /** Elements of inputs, by name. */
  readonly values?: Readonly<Record<string, readonly number[]>>;
  /** PNG or JPEG: its decoding and preparation are timed apart from the network. */
  readonly image?: string;
}

/** How many times, how long, and what of the result is wanted. */
export interface TimingOptions {
  /** Default "single-stream". */
  readonly scenario?: ScenarioName;
  /** Seed of random inputs and of arrivals. Default 0. */
  readonly seed?: number;
  /**
   * The highest percentile wanted, such as 0.99: chooses the number of samples, as MLPerf does (99 % confidence, one
   * exceedance: 64 for p90, 662 for p99). Default: the scenario's own.
   */
  readonly percentile?: number;
  /** Exactly so many samples, unless the time is up before. */
  readonly samples?: number;
  /** Time limit of the timed part, in seconds, per process. Default 30. */
  readonly seconds?: number;
  readonly quantile?: QuantileDefinition;
  readonly warmup?: {
    /** Default 10. */
    readonly minRuns?: number;
    /** Default 250. */
    readonly minMs?: number;
    /** Ends it even if it is not stable. Default 10,000. */
    readonly maxMs?: number;
  };
  /** Folder that stands for /sys. */
  readonly sysRoot?: string;
}

export interface MeasureOptions extends ModelOptions, TimingOptions {
  /** Batches of the throughput sweep. Default: powers of two until the gain is below 5 %; [] makes none. */
  readonly batches?: readonly number[];
  /** Server: arrivals per second. Default: half of what one query after the other reaches. */
  readonly rate?: number;
  /** Separate processes whose samples are pooled. Default 1. */
  readonly processes?: number;
  /** Also time each layer, in runs of their own. Default false. */
  readonly layers?: boolean;
}

export interface PairOptions extends TimingOptions {
  readonly a: ModelOptions;
  readonly b: ModelOptions;
  /** Rounds in which both are timed. Default 20; at least 6. */
  readonly rounds?: number;
}

/** Timing options with everything decided. */
export interface TimingPlan {
  readonly scenario: ScenarioName;
  readonly seed: number;
  readonly samples: number;
  /** Fast models take more samples than asked for, until this time. */
  readonly minMs: number;
  readonly limitMs: number;
  readonly warmup: { readonly minRuns: number; readonly minMs: number; readonly maxMs: number };
  readonly sysRoot: string;
}

function require(valid: boolean, what: string, allowed: string): void {
  if (!valid) throw new UserError("E_USAGE", what, { allowed });
}

const isCount = (v: number): boolean => Number.isSafeInteger(v) && v >= 1;

/** Where no percentile is wanted: enough for a p90. */
const OTHERWISE = 0.9;

/** Refuses what makes no sense before any process is started, and decides what was left open. */
export function timingPlan(options: TimingOptions): TimingPlan {
  const { scenario = "single-stream", seconds = 30, seed = 0, warmup = {} } = options;
  const known = Object.keys(scenarios);
  require(known.includes(scenario), `no scenario ${JSON.stringify(scenario)}`, known.join(", "));
  const { percentile = scenarios[scenario].percentile ?? OTHERWISE, samples } = options;
  require(percentile > 0 && percentile < 1, `percentile ${percentile}`, "between 0 and 1: 0.99");
  require(samples === undefined || isCount(samples), `${samples} samples`, "a whole number from 1");
  require(seconds > 0 && Number.isFinite(seconds), `${seconds} seconds`, "a positive number");
  const definitions = Object.keys(quantileDefinitions);
  const { quantile = "loadgen" } = options;
  require(definitions.includes(quantile), `no quantile ${quantile}`, definitions.join(", "));
  return {
    scenario,
    seed,
    samples: samples ?? samplesNeeded(percentile, { confidence: 0.99, exceedances: 1 }),
    minMs: samples === undefined ? Math.min(500, 1000 * seconds) : 0,
    limitMs: 1000 * seconds,
    warmup: {
      minRuns: warmup.minRuns ?? 10,
      minMs: warmup.minMs ?? 250,
      maxMs: warmup.maxMs ?? 10_000,
    },
    sysRoot: options.sysRoot ?? "/sys",
  };
}

export function checkModelOptions({ threads = 1, batch = 1 }: ModelOptions): void {
  require(isCount(threads), `${threads} threads`, "a whole number from 1");
  require(isCount(batch), `batch ${batch}`, "a whole number from 1");
}

export function checkMeasureOptions(options: MeasureOptions): void {
  checkModelOptions(options);
  const { batches = [], rate, processes = 1 } = options;
  require(batches.every(isCount), `batches ${batches.join(", ")}`, "whole numbers from 1");
  require(isCount(processes), `${processes} processes`, "a whole number from 1");
  require(rate === undefined ||
    (rate > 0 &&
      Number.isFinite(rate)), `a rate of ${rate}`, "a positive number of queries per second");
}
