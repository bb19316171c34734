/** A measurement of this machine as a row of a comparison. */

import type { Measurement } from "../timing/index.js";
import type { MeasuredRow, Reading } from "./model.js";

type Percentile = Measurement["percentiles"]["p50"];

/** A percentile that was refused has no number. */
const reading = (p: Percentile): Reading | undefined =>
  "refused" in p ? undefined : { value: p.ms, interval: { low: p.low, high: p.high } };

/**
 * Times of a measurement with their intervals; energy only where a counter was read.
 *
 * machine: what tells this machine from others, such as its processor.
 */
export function measuredRow(
  m: Measurement,
  { machine = m.environment.cpu }: { readonly machine?: string } = {},
): MeasuredRow {
  const { p50, p95, p99 } = m.percentiles;
  const times = { p50Ms: reading(p50), p95Ms: reading(p95), p99Ms: reading(p99) };
  const best = m.throughput.reduce((most, t) => Math.max(most, t.perSecond), 0);
  return {
    machine,
    provider: m.provider,
    threads: m.threads,
    batch: m.batch,
    meanMs: { value: m.meanMs },
    ...Object.fromEntries(Object.entries(times).filter(([, t]) => t !== undefined)),
    ...(best > 0 ? { sampleMs: { value: 1000 / best } } : {}),
    ...(m.energy.measured ? { joules: { value: m.energy.joulesPerSample } } : {}),
  };
}
