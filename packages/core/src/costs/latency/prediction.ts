/** What a latency predictor says of a kernel and of a ledger, and how sure it can be. */

import { type Milliseconds, milliseconds } from "../../base/index.js";
import type { Ledger } from "../ledger.js";
import { type Kernel, kernelsOf } from "./kernels.js";

/**
 * Where a time comes from: a measured row; between rows or learned from kernels like it; the same, but outside of what was
 * measured; or not known to the predictor, so that the fallback answered.
 */
export type PredictionSource = "hit" | "interpolated" | "extrapolated" | "missed";

export interface KernelPrediction {
  readonly ms: number;
  readonly source: PredictionSource;
}

/** Predicts kernel by kernel. */
export interface LatencyPredictor {
  readonly name: string;
  /** What a run costs beyond its kernels. */
  readonly baseMs: number;
  predict(kernel: Kernel): KernelPrediction;
}

export interface LatencyPrediction {
  readonly ms: Milliseconds;
  readonly kernels: number;
  readonly sources: Readonly<Record<PredictionSource, number>>;
  /** Share of the kernels, and of the predicted time, that the predictor knows without extrapolation or fallback. */
  readonly coverage: { readonly kernels: number; readonly time: number };
  readonly extrapolates: boolean;
}

/**
 * Latency of a ledger under a predictor: base + sum over kernels; and how much of it the predictor really knows.
 *
 * @example
 * const ledger = ledgerOf(buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) }));
 * predictLatency(ledger, { name: "1 ms a kernel", baseMs: 0.5, predict: () => ({ ms: 1, source: "hit" }) }).ms // 1.5
 */
export function predictLatency(ledger: Ledger, predictor: LatencyPredictor): LatencyPrediction {
  const sources = { hit: 0, interpolated: 0, extrapolated: 0, missed: 0 };
  const kernels = kernelsOf(ledger);
  let [sum, known] = [0, 0];
  for (const kernel of kernels) {
    const { ms, source } = predictor.predict(kernel);
    sources[source]++;
    sum += ms;
    if (source === "hit" || source === "interpolated") known += ms;
  }
  const count = kernels.length;
  return {
    ms: milliseconds(count === 0 ? 0 : predictor.baseMs + sum),
    kernels: count,
    sources,
    coverage: {
      kernels: count === 0 ? 1 : (sources.hit + sources.interpolated) / count,
      time: sum === 0 ? 1 : known / sum,
    },
    extrapolates: sources.extrapolated + sources.missed > 0,
  };
}
