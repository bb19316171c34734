/** What the process that measures and the one that asked say to each other. */

import type { MeasuredEnergy, Measurement } from "@frugal/core/evaluation";
import type { ErrorData } from "../app/errors.js";
import type { MeasureOptions, TimingPlan } from "./options.js";
import type { ModelFile } from "./subject.js";

export type MeasureJob =
  | {
      readonly kind: "measure";
      readonly model: ModelFile;
      readonly plan: TimingPlan;
      readonly batches: MeasureOptions["batches"];
      readonly rate: number | undefined;
      readonly layers: boolean;
    }
  | {
      readonly kind: "pair";
      readonly a: ModelFile;
      readonly b: ModelFile;
      readonly plan: TimingPlan;
      readonly rounds: number;
    };

/** What one process found; the asking side makes a measurement of one or several. */
export type RawMeasurement = Pick<
  Measurement,
  | "provider"
  | "threads"
  | "batch"
  | "inputs"
  | "samplesMs"
  | "callsPerSample"
  | "warmup"
  | "throughput"
  | "kneeBatch"
  | "rate"
  | "sessionStartMs"
  | "firstRunMs"
  | "preprocessMs"
  | "decodeMs"
  | "peakMemoryBytes"
  | "baselineMemoryBytes"
  | "layers"
  | "timer"
  | "warnings"
> & {
  readonly energy: MeasuredEnergy;
  readonly versions: Readonly<Record<string, string>>;
};

export interface RawPair {
  readonly a: RawMeasurement;
  readonly b: RawMeasurement;
  /** Medians of the rounds, in milliseconds per query. */
  readonly rounds: { readonly a: readonly number[]; readonly b: readonly number[] };
}

export type FromMeasurer =
  | { readonly kind: "measured"; readonly result: RawMeasurement }
  | { readonly kind: "compared"; readonly result: RawPair }
  | { readonly kind: "failed"; readonly error: ErrorData };
