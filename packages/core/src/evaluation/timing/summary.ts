/** The four percentiles of a measurement, refused where the samples or the clock do not carry them. */

import type { Measurement } from "./measurement.js";
import { percentileOrRefusal, type RefusalOptions } from "./refusal.js";

/**
 * p50, p90, p95 and p99 of samples in milliseconds, each with its interval or a refusal. Samples that are each the mean of
 * several calls have none: their tail is not the tail of a call.
 *
 * @example
 * Object.keys(percentilesOf([1, 2, 3])) // ["p50", "p90", "p95", "p99"]
 * @example
 * percentilesOf([1, 2, 3], { callsPerSample: 8 }).p50 // { refused: "...", needs: 5 }
 */
export function percentilesOf(
  samplesMs: readonly number[],
  { callsPerSample = 1, ...options }: RefusalOptions & { readonly callsPerSample?: number } = {},
): Measurement["percentiles"] {
  const of = (p: number) => {
    if (callsPerSample === 1) return percentileOrRefusal(samplesMs, p, options);
    const single = percentileOrRefusal([], p, options);
    const needs = "needs" in single ? single.needs : 0;
    const refused = `one call is too short for the clock: each sample is the mean of ${callsPerSample} calls, which has a narrower tail`;
    return { refused, needs };
  };
  return { p50: of(0.5), p90: of(0.9), p95: of(0.95), p99: of(0.99) };
}
