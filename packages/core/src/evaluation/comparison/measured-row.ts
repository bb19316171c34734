/** Measurements of one model, taken in rounds between those of others, as a row of a comparison. */

import { mean, summariseSeeds } from "../intervals.js";
import { type Measurement, type PercentileResult, percentilesOf } from "../timing/index.js";
import type { MeasuredRow, Reading } from "./model.js";

/** What is needed of a measurement. */
export type MeasuredRun = Pick<
  Measurement,
  "provider" | "threads" | "batch" | "samplesMs" | "callsPerSample" | "meanMs" | "throughput"
> & { readonly energy: { readonly measured: boolean; readonly joulesPerSample?: number } };

/** A percentile that was refused has no number. */
const percentile = (p: PercentileResult): Reading | undefined =>
  "refused" in p ? undefined : { value: p.ms, interval: { low: p.low, high: p.high } };

/** Rounds are to a time what seeds are to an accuracy: their spread holds what changed in between. */
function overRounds(values: readonly number[]): Reading | undefined {
  if (values.length === 0) return undefined;
  const { interval } = summariseSeeds(values);
  return { value: mean(values), ...(interval ? { interval } : {}) };
}

const known = <T>(entries: Readonly<Record<string, T | undefined>>): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).filter(([, v]) => v !== undefined)) as Record<
    string,
    T
  >;

/**
 * One row from the rounds in which a model was measured: percentiles of all samples, with distribution-free intervals, and
 * mean and energy with Student's interval over the rounds. Energy only where a counter was read in every round.
 *
 * machine: what tells this machine from others, such as its processor.
 *
 * @example
 * const run = { provider: "cpu", threads: 1, batch: 1, samplesMs: [1, 2, 3, 4, 5], callsPerSample: 1, meanMs: 3 };
 * const rounds = [{ ...run, throughput: [], energy: { measured: false } }];
 * measuredRow(rounds, { machine: "laptop" }).p50Ms // { value: 3, interval: { low: 1, high: 5 } }
 */
export function measuredRow(
  rounds: readonly MeasuredRun[],
  { machine }: { readonly machine: string },
): MeasuredRow {
  const { provider, threads, batch } = rounds[0]!;
  const { p50, p95, p99 } = percentilesOf(
    rounds.flatMap((r) => r.samplesMs),
    { callsPerSample: Math.max(...rounds.map((r) => r.callsPerSample)) },
  );
  const joules = rounds.flatMap((r) =>
    r.energy.measured && r.energy.joulesPerSample !== undefined ? [r.energy.joulesPerSample] : [],
  );
  const best = Math.max(0, ...rounds.flatMap((r) => r.throughput.map((t) => t.perSecond)));
  return {
    machine,
    provider,
    threads,
    batch,
    ...known({
      meanMs: overRounds(rounds.map((r) => r.meanMs)),
      p50Ms: percentile(p50),
      p95Ms: percentile(p95),
      p99Ms: percentile(p99),
      sampleMs: best > 0 ? { value: 1000 / best } : undefined,
      joules: joules.length === rounds.length ? overRounds(joules) : undefined,
    }),
  };
}
