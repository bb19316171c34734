/** Times the full network and every rule on the same batches, in turn, and counts what was executed. */

import type { BatchResult, Clock, Executor, ExitRule, StageExecutable } from "../adaptive/index.js";
import type { EvaluationData } from "./data.js";
import { mean } from "./intervals.js";
import { percentile, percentileInterval } from "./percentile.js";
import type { LatencyReport } from "./report.js";

export interface LatencyOptions {
  readonly staged: Executor;
  /** The network without exits. */
  readonly full: StageExecutable;
  readonly rules: readonly ExitRule[];
  readonly data: EvaluationData;
  readonly batchSize: number;
  /** Batches to run at most. */
  readonly runs: number;
  readonly clock: Clock;
}

export interface Timed {
  readonly full: LatencyReport;
  readonly rules: readonly {
    readonly latency: LatencyReport;
    /** In order of the samples that were run. */
    readonly results: readonly BatchResult[];
  }[];
}

const warmUpRuns = 3;

function summarise(msPerSample: readonly number[], batchSize: number): LatencyReport {
  return {
    batchSize,
    runs: msPerSample.length,
    mean: mean(msPerSample),
    p50: percentile(msPerSample, 0.5),
    p95: percentile(msPerSample, 0.95),
    p95Interval: percentileInterval(msPerSample, 0.95),
  };
}

/**
 * Interleaved: batch by batch, first the full network, then each rule, so that a change of the machine's speed meets all
 * alike. The last, shorter batch of the data counts for execution but not for time.
 */
export async function timeRules(options: LatencyOptions): Promise<Timed> {
  const { staged, full, rules, data, batchSize, runs, clock } = options;
  const fullMs: number[] = [];
  const ruleMs = rules.map((): number[] => []);
  const results = rules.map((): BatchResult[] => []);
  const total = Math.min(runs, Math.ceil(data.size / batchSize));
  for (let run = -warmUpRuns; run < total; run++) {
    const start = Math.max(0, run) * batchSize;
    const { input } = await data.batch(start, Math.min(start + batchSize, data.size));
    const samples = input.shape[0] ?? 0;
    // A data set smaller than one batch is timed as it is.
    const timed = run >= 0 && (samples === batchSize || total === 1);
    const before = clock();
    await full.run({ input });
    if (timed) fullMs.push((clock() - before) / samples);
    for (const [r, rule] of rules.entries()) {
      const result = await staged.run(input, rule);
      if (timed) ruleMs[r]!.push(result.ms / samples);
      if (run >= 0) results[r]!.push(result);
    }
  }
  return {
    full: summarise(fullMs, batchSize),
    rules: rules.map((_, r) => ({
      latency: summarise(ruleMs[r]!, batchSize),
      results: results[r]!,
    })),
  };
}
