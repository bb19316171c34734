/** What the training loop takes and tells: batches, checkpoints, events. All plain data. */

import type { Feeds } from "../engine/index.js";
import type { HostTensor } from "../tensor/index.js";

export interface Batch {
  readonly input: HostTensor;
  readonly labels: HostTensor;
  /** Real samples, where the tensors were filled up. Default: all. */
  readonly n?: number;
}

/** Batches by address, so that a resumed run sees the very same data. */
export interface BatchSource {
  readonly stepsPerEpoch: number;
  /** Every call gives tensors of its own, which nobody writes to again. Default false: they may be reused. */
  readonly fresh?: boolean;
  batch(epoch: number, step: number): Batch;
}

/** Where a run stands: everything of a checkpoint that is not a tensor. Survives JSON unchanged. */
export interface Progress {
  readonly version: 1;
  readonly seed: number;
  readonly stepsPerEpoch: number;
  /** Finished steps. */
  readonly step: number;
  /** Epoch of the next step. */
  readonly epoch: number;
  /** Finished steps of that epoch. */
  readonly position: number;
  /** Sums of the metrics over those steps. */
  readonly sums: Readonly<Record<string, number>>;
}

/** Everything that is needed to go on as if nothing had happened. */
export interface Checkpoint {
  readonly progress: Progress;
  /** By path. */
  readonly parameters: Feeds;
  /** By path. */
  readonly buffers: Feeds;
  /** Slots of the optimiser, by `slot.path`. */
  readonly optimizer: Feeds;
}

/** What a model needs to be evaluated. */
export type ModelState = Pick<Checkpoint, "parameters" | "buffers">;

export interface StartEvent {
  readonly kind: "start";
  readonly step: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
}

export interface StepEvent {
  readonly kind: "step";
  /** Finished steps, this one included. */
  readonly step: number;
  readonly epoch: number;
  /** "loss" and every metric of the step. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Every scalar that was fed: "lr", "step", and what the recipe added. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Time of the batch and the step, without whoever listens; of steps that run together, an equal share. */
  readonly elapsedMs: number;
}

export interface EpochEvent {
  readonly kind: "epoch";
  readonly epoch: number;
  readonly step: number;
  /** Means over the epoch's steps. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What `evaluate` returned. */
  readonly evaluation?: Readonly<Record<string, number>>;
  /** Time of the steps that this process ran. */
  readonly elapsedMs: number;
  readonly samplesPerSecond: number;
}

export interface CheckpointEvent {
  readonly kind: "checkpoint";
  readonly checkpoint: Checkpoint;
}

export interface EndEvent {
  readonly kind: "end";
  readonly reason: "completed" | "stopped";
  readonly checkpoint: Checkpoint;
}

export type TrainEvent = StartEvent | StepEvent | EpochEvent | CheckpointEvent | EndEvent;
