/** What to measure, and how long. */

import type { QuantileDefinition, ScenarioName } from "@frugal/core/evaluation";

export interface MeasureOptions {
  /** Path of an ONNX file, or its bytes (no external data then). */
  readonly model: string | Uint8Array;
  /** Name for reports. Default: the path. */
  readonly name?: string;
  /** Default "single-stream". */
  readonly scenario?: ScenarioName;
  /** Engine's provider. Default "cpu". */
  readonly provider?: string;
  /** Threads within an op. Default 1. */
  readonly threads?: number;
  /** Batch of the timed calls. Default 1; in scenario offline the best of the sweep. */
  readonly batch?: number;
  /** Batches of the throughput sweep. Default: powers of two until the gain is below 5 %; [] makes no sweep. */
  readonly batches?: readonly number[];
  /** Whole shapes of inputs, by name. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** Lengths of named dimensions. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Whole numbers [low, high) for integer inputs, by name. */
  readonly ranges?: Readonly<Record<string, readonly [number, number]>>;
  /** Elements of inputs, by name. */
  readonly values?: Readonly<Record<string, readonly number[]>>;
  /** Seed of random inputs and of arrivals. Default 0. */
  readonly seed?: number;
  /** The highest percentile wanted, such as 0.99: chooses the number of samples. Default: the scenario's. */
  readonly percentile?: number;
  /** Samples, instead of what the percentile asks for. */
  readonly samples?: number;
  /** Time limit of the measurement proper, per process. Default 30. */
  readonly seconds?: number;
  /** Server: arrivals per second. Default: half of what offline throughput allows. */
  readonly rate?: number;
  /** Separate processes whose samples are pooled. Default 1. */
  readonly processes?: number;
  readonly quantile?: QuantileDefinition;
  /** Also time each layer. Default false. */
  readonly layers?: boolean;
  /** PNG or JPEG: its decoding and preparation are timed apart. */
  readonly image?: string;
  /** Warm-up: least runs, least time, most time. */
  readonly warmup?: {
    readonly minRuns?: number;
    readonly minMs?: number;
    readonly maxMs?: number;
  };
  /** Folder that stands for /sys: for tests. */
  readonly sysRoot?: string;
}
