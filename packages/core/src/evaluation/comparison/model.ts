/** What is known of a model that is compared: counts, measurements, accuracy, and what its author declares. */

import type { Profile } from "../../costs/index.js";
import type { Interval } from "../intervals.js";

/** A number, with its interval where it was measured or estimated. */
export interface Reading {
  readonly value: number;
  /** At 95 %, over runs, samples or seeds. */
  readonly interval?: Interval;
}

/** Counts by their names in a profile; of a model without a file, as far as they are published. */
export interface Counts {
  readonly parameters?: number;
  readonly parameterUses?: number;
  readonly activeParameters?: number;
  readonly zeroParameters?: number;
  readonly macs?: number;
  readonly validMacs?: number;
  readonly otherOps?: number;
  readonly activations?: number;
  readonly peakActivationBytes?: number;
  readonly weightBytes?: number;
  readonly bytesMoved?: number;
  /** Training step with Adam: weights, gradients, optimiser state and kept activations. */
  readonly trainingBytes?: number;
  readonly kernels?: number;
  readonly criticalPathKernels?: number;
  readonly criticalPathMacs?: number;
  /** Bytes of the operands and results of convolutions, linear layers and products, each moved once. */
  readonly productBytes?: number;
  /** Of one run in joules by the 45 nm table: float32, perfect reuse on the chip. */
  readonly energy45?: number;
  /** By the 7 nm table. */
  readonly energy7?: number;
}

/** Where and how a model was timed: two times compare only if all of this is equal. */
export interface Setting {
  /** A processor or an accelerator, such as "RTX 3090". */
  readonly machine: string;
  /** Execution provider or runtime. */
  readonly provider?: string;
  readonly threads?: number;
  readonly batch?: number;
}

/** Times and energy of one model in one setting. */
export interface MeasuredRow extends Setting {
  readonly meanMs?: Reading;
  readonly p50Ms?: Reading;
  readonly p95Ms?: Reading;
  readonly p99Ms?: Reading;
  /** Milliseconds per sample at full load: 1000 / throughput. */
  readonly sampleMs?: Reading;
  /** Per run. */
  readonly joules?: Reading;
}

/** What a file cannot tell. */
export interface DeclaredFacts {
  /** Models of one family differ in size, not in kind. */
  readonly family?: string;
  /** The backend that will run the model does no work for weights that are 0. */
  readonly skipsZeros?: boolean;
  /** Name of the model whose compute this one was shrunk, or grown, to match. */
  readonly resizedToMatch?: string;
}

export interface ComparedModel {
  readonly name: string;
  readonly profile?: Profile;
  /** Overrides the profile: what is declared of a model that its file does not show, such as active experts. */
  readonly counts?: Counts;
  /** As a share in [0, 1], higher is better. */
  readonly accuracy?: Reading;
  readonly measured?: readonly MeasuredRow[];
  readonly declared?: DeclaredFacts;
}

/**
 * A setting as one line.
 *
 * @example
 * settingName({ machine: "RTX 3090", provider: "cuda", batch: 64 }) // "RTX 3090 (cuda, batch 64)"
 */
export function settingName({ machine, provider, threads, batch }: Setting): string {
  const details = [
    provider,
    threads === undefined ? undefined : `${threads} ${threads === 1 ? "thread" : "threads"}`,
    batch === undefined ? undefined : `batch ${batch}`,
  ].filter((part) => part !== undefined);
  return details.length === 0 ? machine : `${machine} (${details.join(", ")})`;
}

/**
 * Whether `a` is less than `b` beyond doubt: their intervals do not overlap; a value without one is taken as exact.
 *
 * @example
 * clearlyLess({ value: 1 }, { value: 2 }) // true
 * clearlyLess({ value: 1, interval: { low: 0.5, high: 1.5 } }, { value: 1.2 }) // false
 */
export const clearlyLess = (a: Reading, b: Reading): boolean =>
  (a.interval?.high ?? a.value) < (b.interval?.low ?? b.value);
