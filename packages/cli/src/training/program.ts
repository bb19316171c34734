/** What a run trains, as a list of stretches: a plain run has one, a run that removes channels has two. */

import type { LeafSelection, TracedExits } from "@frugal/core/adaptive";
import type { GradientPressure } from "@frugal/core/objectives";
import type {
  Checkpoint,
  EpochEvent,
  ScalarSource,
  StepEvent,
  TrainStep,
} from "@frugal/core/training";
import type { CheckpointNotes } from "../run-store/run.js";
import type { WatchPlan } from "./watch.js";

/** Training with one step, up to the end of an epoch. */
export interface Stretch {
  /** What validation runs. */
  readonly traced: TracedExits;
  readonly step: TrainStep;
  /** Epoch of the run after which it ends. */
  readonly until: number;
  readonly scalars: Readonly<Record<string, ScalarSource>>;
  /** Norms of gradients to be measured between epochs. */
  readonly pressure?: GradientPressure;
  /** Steps that may run together. Default: as many as is quick. */
  readonly together?: number;
  /** Names of metrics that are recorded at every step, beside the loss. */
  readonly stepMetrics?: readonly string[];
  /** What is watched for failures. */
  readonly watch?: WatchPlan;
  /** Layers of which validation counts the values that are not zero. */
  readonly leaves?: LeafSelection;
  /** Whether its checkpoints may be the best of the run. Default true. */
  readonly isFinal?: boolean;
  /** Called once a new run has its folder. */
  opened?(folder: string): void;
  observe?(event: StepEvent | EpochEvent): void;
  /** What its checkpoints need beside the weights. */
  notes?(): CheckpointNotes;
  /** What comes after it, with the state to begin with. `folder` is that of the run, for what has to be kept. */
  next?(folder: string, ended: Checkpoint): Begun | Promise<Begun>;
}

export interface Begun {
  readonly stretch: Stretch;
  readonly from: Checkpoint;
}

/** What a run does, apart from how it is recorded. */
export interface Program {
  /** At the very start. */
  first(): Stretch | Promise<Stretch>;
  /** The stretch that a checkpoint belongs to. */
  resumed(folder: string, notes: CheckpointNotes): Stretch;
}
