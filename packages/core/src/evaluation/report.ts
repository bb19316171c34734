/** The evaluation report: plain JSON, written to `eval/<split>.json` and read by the report page. */

import type { PolicyName, Split } from "../adaptive/index.js";
import type { CostGaps, ThreeCosts } from "./gaps.js";
import type { HealthWarning } from "./health.js";
import type { Interval } from "./intervals.js";
import type { PercentileInterval } from "./percentile.js";

/** Version of this format: a reader refuses what it does not know. */
export const EVALUATION_FORMAT = 1;

export interface AccuracyEstimate {
  readonly value: number;
  /** Wilson, 95 %. */
  readonly interval: Interval;
}

export interface ExitReport {
  readonly name: string;
  /** Cumulative MACs per sample up to this exit, heads and gates on the way included. */
  readonly macs: number;
  /** Over all samples, as if everyone left here. */
  readonly accuracy: AccuracyEstimate;
  readonly nll: number;
  readonly brier: number;
  /** Calibration error, 15 right-closed equal-width bins. */
  readonly ece: number;
  /** Mean hazard of its gate; null at the last exit or without gates. */
  readonly meanHazard: number | null;
}

/** Time of whole runs of the staged executor at one batch size, per sample. */
export interface LatencyReport {
  readonly batchSize: number;
  /** Samples timed, after warm-up. */
  readonly samples: number;
  /** Milliseconds per sample. */
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p95Interval: PercentileInterval;
}

export interface BudgetReport {
  /** Requested mean MACs per sample. */
  readonly budget: number;
  /** The same as a share of the full network's MACs. */
  readonly fraction: number;
  readonly policy: PolicyName;
  readonly thresholds: readonly (number | null)[];
  /** Where the thresholds were fitted. */
  readonly validation: { readonly accuracy: number; readonly macs: number };
  /** Mean MACs per sample. */
  readonly macs: ThreeCosts;
  readonly gaps: CostGaps;
  /** (policy MACs - budget) / budget. */
  readonly violation: number;
  readonly accuracy: AccuracyEstimate;
  /** Share of samples leaving at each exit. */
  readonly shares: readonly number[];
  readonly normalisedEntropy: number;
  readonly effectiveExits: number;
  /** Mean exit, counted from 1. */
  readonly meanDepth: number;
  /** Of what is deployed: prediction and confidence at the exit taken. */
  readonly ece: number;
  readonly latency: readonly LatencyReport[];
  readonly baselines: {
    readonly random: { readonly accuracy: number; readonly macs: number };
    readonly oracle: { readonly accuracy: number; readonly macs: number };
  };
  /** Accuracy over a random exit with the same shares, in accuracy units, with a bootstrap interval. */
  readonly routingBenefit: { readonly value: number; readonly interval: Interval };
  readonly overthinking: {
    readonly destructive: number;
    /** MACs per rightly answered sample. */
    readonly wasteful: number;
    readonly underthinking: number;
  };
  readonly warnings: readonly HealthWarning[];
}

export interface EvaluationReport {
  readonly format: typeof EVALUATION_FORMAT;
  readonly split: Split;
  readonly samples: number;
  readonly model: string;
  /** Trainable parameters, heads and gates included. */
  readonly parameters: number;
  /** Engine and threads that the times were taken on. */
  readonly engine: string;
  readonly exits: readonly ExitReport[];
  /** The full network, run as one piece without exits' decisions. */
  readonly full: {
    readonly macs: number;
    readonly accuracy: AccuracyEstimate;
    readonly latency: readonly LatencyReport[];
  };
  /** Mean soft cost under the gates; null without gates. */
  readonly expectedMacs: number | null;
  /** S = mean 4h(1-h); null without gates. */
  readonly decisionSoftness: number | null;
  readonly budgets: readonly BudgetReport[];
  /** Budgets that no threshold can keep, with the reason. */
  readonly infeasible: readonly { readonly budget: number; readonly reason: string }[];
  readonly warnings: readonly HealthWarning[];
}
