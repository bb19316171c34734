/** Everything that is said about one budget. */

import { type ExitPredictions, exitsTaken, type FittedRule } from "../adaptive/index.js";
import { accuracyPerExit, correctAt, correctTaken, oracleExit, randomExit } from "./baselines.js";
import { pairedBootstrap } from "./bootstrap.js";
import { expectedCalibrationError } from "./calibration.js";
import { effectiveExits, exitShares, meanDepth, normalisedEntropy } from "./depth.js";
import { budgetViolation, costGaps, policyCost } from "./gaps.js";
import { exitHealth } from "./health.js";
import { mean, wilson } from "./intervals.js";
import type { Timed } from "./latency.js";
import { overthinking } from "./overthinking.js";
import type { AccuracyEstimate, BudgetReport } from "./report.js";

export function accuracyEstimate(correct: Uint8Array): AccuracyEstimate {
  const hits = correct.reduce((n, c) => n + c, 0);
  return { value: hits / correct.length, interval: wilson(hits, correct.length) };
}

export interface BudgetContext {
  readonly predictions: ExitPredictions;
  readonly costs: readonly number[];
  readonly fullMacs: number;
  /** Soft cost of the gates; null without gates. */
  readonly expected: number | null;
  /** One per batch size; the last one counts what was executed. */
  readonly timed: readonly Timed["rules"][number][];
  readonly seed: number;
  readonly replicates: number;
}

export function budgetReport(rule: FittedRule, context: BudgetContext): BudgetReport {
  const { predictions, costs, fullMacs, expected, timed, seed, replicates } = context;
  const { exits } = predictions;
  const taken = exitsTaken(predictions, rule);
  const correct = correctTaken(predictions, taken);
  const shares = exitShares(taken, exits.length);
  const accuracies = accuracyPerExit(predictions);
  const policy = policyCost(taken, costs);

  const results = timed.at(-1)?.results ?? [];
  const executedMacs = results.flatMap((r) => [...r.macs]);
  const executed = executedMacs.length === 0 ? policy : mean(executedMacs);
  // Both sides of the execution gap are taken over the samples that really ran.
  const ran = policyCost(taken.subarray(0, executedMacs.length), costs);
  const gaps = costGaps({
    expected,
    policy,
    executed: executedMacs.length === 0 ? policy : policy * (executed / ran),
  });
  const predicted = results.flatMap((r) => [...r.predicted]);
  const flips = predicted.filter((c, i) => c !== predictions.predicted[taken[i]!]![i]).length;

  // What leaving at random with these shares would get right, sample by sample.
  const perExit = exits.map((_, k) => correctAt(predictions, k));
  const random = Float64Array.from(correct, (_, i) =>
    shares.reduce((sum, share, k) => sum + share * perExit[k]![i]!, 0),
  );
  const benefit = pairedBootstrap(correct, random, { seed, replicates });
  const thinking = overthinking(predictions, { taken, costs });
  const byChance = randomExit(shares, { accuracies, costs });
  const oracle = oracleExit(predictions, costs);
  const violation = budgetViolation(policy, rule.budget);
  const confidence = Float64Array.from(taken, (k, i) => predictions.confidence[k]![i]!);
  return {
    budget: rule.budget,
    fraction: rule.budget / fullMacs,
    policy: rule.policy,
    thresholds: rule.thresholds,
    validation: { accuracy: rule.accuracy, macs: rule.cost },
    macs: { expected, policy, executed },
    executedSamples: executedMacs.length,
    gaps,
    violation,
    accuracy: accuracyEstimate(correct),
    shares,
    normalisedEntropy: normalisedEntropy(shares),
    effectiveExits: effectiveExits(shares),
    meanDepth: meanDepth(shares),
    ece: expectedCalibrationError(confidence, correct),
    latency: timed.map((t) => t.latency),
    baselines: {
      random: { accuracy: byChance.accuracy, macs: byChance.cost },
      oracle: { accuracy: oracle.accuracy, macs: oracle.cost },
    },
    routingBenefit: {
      value: benefit.estimate,
      interval: { low: benefit.low, high: benefit.high },
    },
    overthinking: thinking,
    warnings: exitHealth({
      exits,
      shares,
      accuracies,
      thresholds: rule.thresholds,
      routingBenefit: benefit,
      executionGap: gaps.execution,
      violation,
      destructive: thinking.destructive,
      underthinking: thinking.underthinking,
      flips: predicted.length === 0 ? 0 : flips / predicted.length,
    }),
  };
}
