/** What a measurement of a model reports, whatever measured it. */

import type { Drift } from "./dependence.js";
import type { OutlierReport } from "./outliers.js";
import type { QuantileDefinition } from "./quantile.js";
import type { PercentileResult } from "./refusal.js";
import type { ScenarioName } from "./scenarios.js";

/** Energy that a counter measured; never an estimate. */
export type MeasuredEnergy =
  | { readonly measured: false; readonly reason: string }
  | {
      readonly measured: true;
      /** Over the whole measured window, idle power included. */
      readonly joules: number;
      /** What the sum covers, such as "package-0 + package-1". */
      readonly domain: string;
      /** Changes of the counter that were seen in the window. */
      readonly updates: number;
      /** Where the number comes from, such as "rapl" or "battery". */
      readonly method: string;
      /** Least step of the counter. */
      readonly resolutionJoules: number;
      readonly seconds: number;
      /** The window's energy shared among the samples run in it. */
      readonly joulesPerSample: number;
      /** Everything on the machine is in the number, not this process alone. */
      readonly scope: "whole machine";
      /** Each domain by itself, those outside the sum too (dram, psys). */
      readonly domains: readonly {
        readonly name: string;
        readonly joules: number;
        readonly inSum: boolean;
      }[];
      /** Power before the model was loaded; absent where it was not taken. */
      readonly idleWatts?: number;
      /** Bound of the error by the counter's steps; given where fewer than ten updates were seen. */
      readonly quantisationJoules?: number;
    };

/** The machine and its state while the times were taken. */
export interface MeasurementEnvironment {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Load of the last minute, before and after; null where the system keeps none. */
  readonly loadAverage: { readonly before: number; readonly after: number } | null;
  /** Frequency governor; null where the system shows none. */
  readonly governor: string | null;
  readonly platform: string;
  /** Cores that a container is limited to; null: no limit found. */
  readonly coreLimit: number | null;
  readonly versions: Readonly<Record<string, string>>;
}

/** Times of one layer in a profiled run. */
export interface LayerTime {
  readonly path: string;
  /** Mean over the profiled runs. */
  readonly ms: number;
  /** Of the time of all layers. */
  readonly share: number;
  /** Layer path of the model's ledger, where the runtime's name tells it. */
  readonly layer?: string;
  /** MACs of the nodes that were fused into it, where they are known. */
  readonly macs?: number;
}

/** What an input was filled with. */
export interface MeasuredInput {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Such as "standard normal" or "whole numbers 0 to 30521". */
  readonly filledWith: string;
}

export interface Throughput {
  readonly batch: number;
  /** Samples, not calls. */
  readonly perSecond: number;
}

/** Times of one model under one scenario. All percentiles are of queries in milliseconds. */
export interface Measurement {
  readonly model: string;
  readonly provider: string;
  readonly threads: number;
  readonly batch: number;
  readonly inputs: readonly MeasuredInput[];
  readonly scenario: ScenarioName;
  /** Queries timed; equal to n of every percentile. */
  readonly samples: number;
  /** Every one of them in the order they were taken. */
  readonly samplesMs: readonly number[];
  /** Calls in one sample: above 1 where one call is too short for the clock. */
  readonly callsPerSample: number;
  readonly warmup: { readonly runs: number; readonly ms: number; readonly stable: boolean };
  readonly meanMs: number;
  readonly quantile: QuantileDefinition;
  readonly percentiles: {
    readonly p50: PercentileResult;
    readonly p90: PercentileResult;
    readonly p95: PercentileResult;
    readonly p99: PercentileResult;
  };
  readonly throughput: readonly Throughput[];
  /** Batch from which doubling gains less than 5 %; absent where no sweep was made. */
  readonly kneeBatch?: number;
  /** Server: arrivals per second, and what one query after the other would reach. */
  readonly rate?: { readonly perSecond: number; readonly capacityPerSecond: number };
  readonly sessionStartMs: number;
  readonly firstRunMs: number;
  readonly preprocessMs?: number;
  readonly decodeMs?: number;
  readonly peakMemoryBytes?: number;
  /** The process before the model was opened. */
  readonly baselineMemoryBytes?: number;
  readonly energy: MeasuredEnergy;
  readonly layers?: readonly LayerTime[];
  readonly timer: { readonly resolutionMs: number; readonly overheadMs: number };
  readonly outliers: OutlierReport;
  readonly drift: Drift;
  readonly environment: MeasurementEnvironment;
  /** Medians of the processes that were pooled, in milliseconds. */
  readonly processMediansMs: readonly number[];
  readonly warnings: readonly string[];
}
