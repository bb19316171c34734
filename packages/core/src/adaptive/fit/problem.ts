/** Threshold fitting as arithmetic: scores, correctness and costs as arrays, and what a set of thresholds yields. */

import type { ExitPredictions } from "../predictions.js";

export interface Problem {
  readonly samples: number;
  /** [exit but the last][sample]. */
  readonly scores: readonly Float64Array[];
  /** [exit][sample], 1 if right. */
  readonly correct: readonly Uint8Array[];
  /** [exit][sample]: 1 if right, plus the probability given to the label. What is maximised. */
  readonly utility: readonly Float64Array[];
  /** Cumulative cost per exit, strictly rising. */
  readonly costs: readonly number[];
  /** Samples of each early exit by falling score; ties by index. */
  readonly order: readonly Uint32Array[];
}

export type Thresholds = readonly (number | null)[];

export interface Candidate {
  readonly thresholds: Thresholds;
  /** Sums over samples, so that comparisons of whole numbers stay exact. */
  readonly cost: number;
  readonly correct: number;
  readonly utility: number;
}

export function problemOf(
  predictions: ExitPredictions,
  scores: readonly Float64Array[],
  costs: readonly number[],
): Problem {
  const { labels, nll } = predictions;
  const correct = predictions.predicted.map((p) =>
    Uint8Array.from(p, (c, i) => +(c === labels[i])),
  );
  return {
    samples: labels.length,
    scores,
    correct,
    // Right answers alone are a coarse measure: on a few hundred validation samples many rules tie, and the cheapest of
    // them is the luckiest. The probability of the label tells them apart by how sure the answers are.
    utility: correct.map((right, k) =>
      Float64Array.from(right, (r, i) => r + Math.exp(-nll[k]![i]!)),
    ),
    costs,
    order: scores.map((s) =>
      Uint32Array.from(s, (_, i) => i).sort((a, b) => s[b]! - s[a]! || a - b),
    ),
  };
}

/** First exit from `start` on whose threshold the sample reaches; the last exit takes the rest. */
export function exitFrom(
  { scores }: Problem,
  thresholds: Thresholds,
  { sample, start }: { readonly sample: number; readonly start: number },
): number {
  for (let k = start; k < scores.length; k++) {
    const threshold = thresholds[k] ?? null;
    if (threshold !== null && scores[k]![sample]! >= threshold) return k;
  }
  return scores.length;
}

export function evaluateThresholds(problem: Problem, thresholds: Thresholds): Candidate {
  let cost = 0;
  let correct = 0;
  let utility = 0;
  for (let i = 0; i < problem.samples; i++) {
    const k = exitFrom(problem, thresholds, { sample: i, start: 0 });
    cost += problem.costs[k]!;
    correct += problem.correct[k]![i]!;
    utility += problem.utility[k]![i]!;
  }
  return { thresholds, cost, correct, utility };
}

/** Differences below this are rounding of sums. */
export const EQUAL_UTILITY = 1e-7;

/** More utility first, then less cost: ties are settled the same way everywhere. */
export const isBetter = (a: Candidate, b: Candidate): boolean =>
  a.utility > b.utility + EQUAL_UTILITY ||
  (a.utility > b.utility - EQUAL_UTILITY && a.cost < b.cost);

export const isAffordable = (problem: Problem, candidate: Candidate, budget: number): boolean =>
  candidate.cost / problem.samples <= budget;

/**
 * A threshold that separates `above` from `below`: the middle, so that the last bits of a score,
 * which differ between batch sizes, do not change the decision.
 */
export function separator(above: number, below: number): number {
  const middle = (above + below) / 2;
  return middle > below ? middle : above;
}
