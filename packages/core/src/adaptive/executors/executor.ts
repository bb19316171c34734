/** The executor seam: something that runs a network with exits on a batch, under a rule. */

import type { Milliseconds } from "../../base/index.js";
import type { Engine } from "../../engine/index.js";
import type { HostTensor } from "../../tensor/index.js";
import type { ExitRule } from "../decision.js";
import type { TracedExits } from "../trace-exits.js";

/** Milliseconds from an arbitrary start, never going back: `performance.now`. */
export type Clock = () => number;

export interface ExecutorOptions {
  readonly engine: Engine;
  /** Traced in any mode and at any batch size: executors trace it anew for inference. */
  readonly traced: TracedExits;
  /** Parameters and buffers by path. More than the network needs is fine. */
  readonly state: Readonly<Record<string, HostTensor>>;
  readonly clock: Clock;
  /** Batch size that lowerings are chosen for; any batch can be run. Default 32. */
  readonly batchSize?: number;
  /** Measure alternative lowerings. Default true. */
  readonly tune?: boolean;
}

export interface StageRun {
  readonly name: string;
  /** How many samples it ran for: 0 if it was not run at all. */
  readonly samples: number;
  /** Executed in this stage, all samples together. */
  readonly macs: number;
  readonly ms: Milliseconds;
}

/** Everything in the order of the input. */
export interface BatchResult {
  /** Which exit each sample took, counted from 0. */
  readonly exits: Int32Array;
  readonly predicted: Int32Array;
  /** [N, classes], of the exit taken. */
  readonly logits: HostTensor;
  /** Really executed for each sample. */
  readonly macs: Float64Array;
  readonly stages: readonly StageRun[];
  /** Of the whole batch: stages, decisions, moving of tensors. */
  readonly ms: Milliseconds;
}

export interface Executor {
  readonly name: ExecutorName;
  run(input: HostTensor, rule: ExitRule): Promise<BatchResult>;
  dispose(): Promise<void>;
}

export type ExecutorName = "staged" | "replay";
