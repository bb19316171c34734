/** Runs stage by stage and really stops: who leaves is taken out of the batch, and what is left runs on. */

import { milliseconds } from "../../base/index.js";
import type { Executable } from "../../engine/index.js";
import { type HostTensor, tensor } from "../../tensor/index.js";
import { cutStages, type Stage, stageState } from "../cut.js";
import { type ExitRule, leaves } from "../decision.js";
import { policies } from "../policies/index.js";
import { predictedClasses } from "../rows.js";
import { gatherRows, scatterRows } from "../rowsets.js";
import { forInference } from "../trace-exits.js";
import { checkRun, pickState } from "./check.js";
import type { BatchResult, Clock, Executor, ExecutorOptions, StageRun } from "./executor.js";

/** A stage that can be run: any engine's executable will do. */
export interface StageExecutable {
  run(feeds: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
}

/** What a runner needs to know of a stage: no graph, so an exported bundle can supply it. */
export type StagePlan = Pick<Stage, "name" | "reads" | "carries" | "logits" | "hazard" | "macs">;

/** Who of the current batch leaves at this stage. */
function decide(
  stage: StagePlan,
  outputs: Readonly<Record<string, HostTensor>>,
  { policy, threshold }: { readonly policy: ExitRule["policy"]; readonly threshold: number | null },
): boolean[] {
  const logits = outputs[stage.logits]!;
  if (threshold === null) return new Array<boolean>(logits.shape[0]!).fill(false);
  const hazard = stage.hazard === undefined ? undefined : outputs[stage.hazard];
  const scores = policies[policy].scores({ logits, ...(hazard ? { hazard } : {}) });
  return Array.from(scores, (score) => leaves(score, threshold));
}

/**
 * Runs a batch through the stages. After each stage the samples whose score reaches the threshold leave; every tensor that
 * a later stage reads is compacted to the survivors; without survivors nothing more is run. Results are in input order.
 *
 * @example
 * const stages = cutStages(forInference(traced, 8));
 * const executables = await Promise.all(
 *   stages.map((s) => engine.compile(s.graph, { frozen: pickState(stageState(s), state) })),
 * );
 * // Any confidence is enough at the first exit.
 * const rule = { policy: "confidence", thresholds: [0] } as const;
 * const clock = () => performance.now();
 * const result = await runStages(stages, { executables, input: zeros("float32", [8, 4]), rule, clock });
 * result.exits // Int32Array [0, 0, 0, 0, 0, 0, 0, 0]
 */
export async function runStages(
  stages: readonly StagePlan[],
  options: {
    readonly executables: readonly StageExecutable[];
    readonly input: HostTensor;
    readonly rule: ExitRule;
    readonly clock: Clock;
  },
): Promise<BatchResult> {
  const { executables, input, rule, clock } = options;
  const started = clock();
  const samples = input.shape[0] ?? 0;
  const exits = new Int32Array(samples);
  const executed = new Float64Array(samples);
  const runs: StageRun[] = [];
  let result: HostTensor | undefined;
  /** Index in the input of each sample that is still there. */
  let alive = Uint32Array.from({ length: samples }, (_, i) => i);
  let held: Record<string, HostTensor> = { input };

  for (const [k, stage] of stages.entries()) {
    if (alive.length === 0) {
      runs.push({ name: stage.name, samples: 0, macs: 0, ms: milliseconds(0) });
      continue;
    }
    const feeds = Object.fromEntries(stage.reads.map((name) => [name, held[name]!]));
    const before = clock();
    const outputs = await executables[k]!.run(feeds);
    const ms = milliseconds(clock() - before);
    runs.push({ name: stage.name, samples: alive.length, macs: stage.macs * alive.length, ms });
    for (const i of alive) executed[i]! += stage.macs;

    const isLast = k === stages.length - 1;
    const leaving = isLast
      ? undefined
      : decide(stage, outputs, { policy: rule.policy, threshold: rule.thresholds[k] ?? null });
    const gone: number[] = [];
    const stay: number[] = [];
    for (let row = 0; row < alive.length; row++) {
      (leaving && !leaving[row] ? stay : gone).push(row);
    }
    const logits = outputs[stage.logits]!;
    if (gone.length === samples) result = logits;
    else {
      result ??= tensor(
        "float32",
        [samples, logits.shape[1] ?? 0],
        new Float32Array(samples * (logits.shape[1] ?? 0)),
      );
      scatterRows(logits, result, { rows: alive, which: gone });
    }
    for (const row of gone) exits[alive[row]!] = k;
    if (stay.length === 0) {
      alive = new Uint32Array(0);
      continue;
    }
    for (const name of stage.carries) held[name] = outputs[name]!;
    const needed = new Set(stages.slice(k + 1).flatMap((s) => s.reads));
    const kept = Object.entries(held).filter(([name]) => needed.has(name));
    held = Object.fromEntries(
      kept.map(([name, t]) => [name, stay.length === alive.length ? t : gatherRows(t, stay)]),
    );
    alive = Uint32Array.from(stay, (row) => alive[row]!);
  }
  const logits = result ?? tensor("float32", [0, 0], new Float32Array(0));
  return {
    exits,
    predicted: predictedClasses(logits),
    logits,
    macs: executed,
    stages: runs,
    ms: milliseconds(clock() - started),
  };
}

/**
 * Compiles the stages, weights built in.
 *
 * @example
 * const clock = () => performance.now();
 * const executor = await stagedExecutor({ engine, traced, state, clock });
 * const rule = { policy: "confidence", thresholds: [0.5] } as const;
 * (await executor.run(zeros("float32", [8, 4]), rule)).predicted.length // 8
 * await executor.dispose();
 */
export async function stagedExecutor(options: ExecutorOptions): Promise<Executor> {
  const { engine, traced, state, clock, batchSize = 32, tune = true } = options;
  const stages = cutStages(forInference(traced, batchSize));
  const executables: Executable[] = [];
  // One after the other: lowerings are chosen by timing them.
  for (const stage of stages) {
    executables.push(
      await engine.compile(stage.graph, {
        frozen: pickState(stageState(stage), state),
        symbolicBatch: { inputs: stage.reads, outputs: Object.keys(stage.graph.outputs) },
        tune,
      }),
    );
  }
  return {
    name: "staged",
    run(input, rule) {
      checkRun(traced, { input, rule });
      return runStages(stages, { executables, input, rule, clock });
    },
    async dispose() {
      await Promise.all(executables.map((e) => e.dispose()));
    },
  };
}
