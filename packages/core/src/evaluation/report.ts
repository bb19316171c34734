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
  /** Cumulative MACs per sample up to this exit, heads on the way included, and gates if the policy asks them. */
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

/** Time of whole runs at one batch size, per sample. */
export interface LatencyReport {
  readonly batchSize: number;
  /** Runs timed, after warm-up. */
  readonly runs: number;
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
  /** Mean MACs per sample. `expected` is that of the soft gates, the same for every budget. */
  readonly macs: ThreeCosts;
  /** Samples that `executed` was counted on. */
  readonly executedSamples: number;
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

/** The gates without any fitted threshold: leave where the hazard is at least one half. */
export interface GateReport {
  readonly accuracy: AccuracyEstimate;
  /** Mean soft cost, sum_k p_k c_k. */
  readonly expectedMacs: number;
  readonly policyMacs: number;
  /** G_d = (policy - expected) / expected. */
  readonly decisionGap: number;
  /** S = mean 4 h (1 - h). */
  readonly softness: number;
  /** Mean probability, under soft gates, of reaching the last exit. */
  readonly finalReach: number;
  readonly shares: readonly number[];
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
  /** How samples leave: chosen on validation. Gates are run, and counted, only if it asks them. */
  readonly policy: PolicyName;
  readonly exits: readonly ExitReport[];
  /** The network without exits, heads and gates, run as one piece. */
  readonly full: {
    readonly macs: number;
    readonly accuracy: AccuracyEstimate;
    readonly latency: readonly LatencyReport[];
  };
  /** What the gates say by themselves; null without gates. */
  readonly gates: GateReport | null;
  readonly budgets: readonly BudgetReport[];
  /** Budgets that no threshold can keep, with the reason. */
  readonly infeasible: readonly { readonly budget: number; readonly reason: string }[];
  readonly warnings: readonly HealthWarning[];
}
