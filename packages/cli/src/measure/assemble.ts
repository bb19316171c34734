/** What processes found, as one measurement. */

import {
  driftOf,
  flagOutliers,
  type Measurement,
  mean,
  median,
  percentilesOf,
  type ScenarioName,
} from "@frugal/core/evaluation";
import type { EnvironmentProbe } from "./environment.js";
import type { RawMeasurement } from "./messages.js";
import type { TimingOptions } from "./options.js";

export interface AssembleOptions {
  readonly name: string;
  readonly scenario: ScenarioName;
  /** Samples that were wanted of each process. */
  readonly wanted: number;
  readonly quantile: TimingOptions["quantile"];
  readonly environment: EnvironmentProbe;
}

/** Beyond this the place in memory, or what the compiler chose, matters more than the model. */
const PROCESS_SPREAD = 1.1;

/** Dependence that is proven but smaller than these does not change what is printed. */
const SMALL_CORRELATION = 0.1;
const SMALL_DRIFT = 0.02;

function warningsOf(
  runs: readonly RawMeasurement[],
  { wanted, environment }: AssembleOptions,
  medians: readonly number[],
): string[] {
  const first = runs[0]!;
  const samples = runs.reduce((sum, r) => sum + r.samplesMs.length, 0);
  const pooled = runs.flatMap((r) => r.samplesMs);
  const outliers = flagOutliers(pooled).count;
  const drift = driftOf(first.samplesMs);
  const notes: (readonly [boolean, string])[] = [
    [
      samples < wanted * runs.length,
      `the time was up after ${samples} of ${wanted * runs.length} samples`,
    ],
    [
      first.callsPerSample > 1,
      `one call is shorter than 100 steps of the clock: each sample is the mean of ${first.callsPerSample} calls`,
    ],
    [
      drift.drifting && Math.abs((drift.halvesRatio ?? 1) - 1) > SMALL_DRIFT,
      `times drifted: the second half took ${drift.halvesRatio?.toFixed(2)} times the first`,
    ],
    [
      drift.correlated && (drift.lag1 ?? 0) > SMALL_CORRELATION,
      `neighbouring samples are alike (lag-1 correlation ${drift.lag1?.toFixed(2)}): the intervals are too narrow`,
    ],
    [
      outliers > 0,
      `${outliers} of ${pooled.length} samples lie far from the rest; none was removed`,
    ],
    [
      Math.max(...medians) > PROCESS_SPREAD * Math.min(...medians),
      `medians of the processes range from ${Math.min(...medians).toFixed(3)} to ${Math.max(...medians).toFixed(3)} ms`,
    ],
  ];
  return [
    ...environment.warnings(first.threads),
    ...new Set(runs.flatMap((r) => r.warnings)),
    ...notes.flatMap(([applies, text]) => (applies ? [text] : [])),
  ];
}

/** Samples of all processes are pooled; what happens once per process is their median; the rest is the first's. */
export function assemble(runs: readonly RawMeasurement[], options: AssembleOptions): Measurement {
  const { name, scenario, quantile: definition = "loadgen", environment } = options;
  const { versions, ...first } = runs[0]!;
  const samplesMs = runs.flatMap((r) => r.samplesMs);
  const callsPerSample = Math.max(...runs.map((r) => r.callsPerSample));
  const medians = runs.map((r) => median(r.samplesMs));
  return {
    ...first,
    model: name,
    scenario,
    samples: samplesMs.length,
    samplesMs,
    callsPerSample,
    meanMs: mean(samplesMs),
    quantile: definition,
    percentiles: percentilesOf(samplesMs, { definition, callsPerSample }),
    sessionStartMs: median(runs.map((r) => r.sessionStartMs)),
    firstRunMs: median(runs.map((r) => r.firstRunMs)),
    outliers: flagOutliers(samplesMs),
    drift: driftOf(first.samplesMs),
    environment: environment.finish(versions),
    processMediansMs: medians,
    warnings: warningsOf(runs, options, medians),
  };
}
