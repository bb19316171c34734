/** What the process that trains and the process that watches say to each other. */

import type { TimeGroup } from "@frugal/core/engine";
import type { ErrorData } from "../app/errors.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import type { RunSummary } from "../run-store/record.js";

/** Work for a process of its own. */
export type Job =
  | {
      readonly kind: "train";
      readonly recipe: ResolvedRecipe;
      /** Folder of the run; it must not exist yet. */
      readonly folder: string;
      readonly tensorboard: boolean;
      /** False: somebody else evaluates it, when the machine is quiet. */
      readonly evaluate: boolean;
    }
  | {
      readonly kind: "resume";
      readonly folder: string;
      /** Absent: the run's own. */
      readonly recipe?: ResolvedRecipe;
      readonly allowConfigChange: boolean;
      readonly tensorboard: boolean;
      readonly evaluate: boolean;
    }
  | {
      readonly kind: "profile";
      readonly recipe: ResolvedRecipe;
      /** File of the Chrome trace. */
      readonly trace: string;
    }
  | {
      readonly kind: "evaluate";
      /** One after the other, so that times are taken on a quiet machine. */
      readonly folders: readonly string[];
      readonly checkpoint: string;
      readonly split: "validation" | "test";
      /** Instead of the run's own settings of evaluation. */
      readonly evaluate?: ResolvedRecipe["evaluate"];
      /** Count what fires too. Default: of runs that were trained for it. */
      readonly firing?: boolean;
    };

/** Where the time of a training step goes. */
export interface StepProfile {
  /** File of the Chrome trace. */
  readonly trace: string;
  readonly engine: string;
  readonly batchSize: number;
  /** Steps that were timed, after the warm-up. */
  readonly steps: number;
  /** Time of all nodes of a step, mean over the steps. */
  readonly stepMs: number;
  readonly ops: readonly TimeGroup[];
  readonly layers: readonly TimeGroup[];
  /** The tables for a terminal. */
  readonly text: string;
}

export type ToWorker = { readonly kind: "job"; readonly job: Job } | { readonly kind: "stop" };

/** Where a training run stands; absent values are not known yet. */
export interface Progress {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly loss?: number;
  readonly accuracy?: number;
  /** Mean over the layers of what stands in for the share of values that are not zero. */
  readonly density?: number;
  /** Share of the cost of the full network, by the soft decisions. */
  readonly expectedCost?: number;
  /** The same by the decisions taken. */
  readonly executedCost?: number;
  readonly samplesPerSecond?: number;
  readonly secondsLeft?: number;
}

export type FromWorker =
  | { readonly kind: "started"; readonly folder: string; readonly step: number }
  | { readonly kind: "progress"; readonly progress: Progress }
  | {
      readonly kind: "epoch";
      readonly progress: Progress;
      readonly validationLoss: number;
      readonly validationAccuracy: number;
    }
  | { readonly kind: "phase"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "evaluated"; readonly folder: string; readonly summary: RunSummary }
  | { readonly kind: "profiled"; readonly profile: StepProfile }
  | {
      readonly kind: "finished";
      readonly status: "completed" | "stopped";
      readonly folder: string;
      readonly step: number;
      readonly summary?: RunSummary;
    }
  | { readonly kind: "failed"; readonly error: ErrorData };
