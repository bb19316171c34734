/** Fits exit thresholds to budgets, on validation data, never on test data. */

import { at, UserError } from "../../base/index.js";
import { type ExitRule, scoresOf } from "../decision.js";
import type { PolicyName } from "../policies/index.js";
import type { ExitPredictions } from "../predictions.js";
import { descend } from "./descent.js";
import { type Candidate, isAffordable, isBetter, problemOf } from "./problem.js";
import { scanSingleThreshold } from "./scan.js";
import { startingPoints } from "./starts.js";

export interface FitOptions {
  /** Cumulative cost per exit, heads and gates included, strictly rising: `exitCosts(...)`. */
  readonly costs: readonly number[];
  /** Mean cost per sample allowed, in the unit of `costs`. */
  readonly budgets: readonly number[];
  /** Default "confidence". */
  readonly policy?: PolicyName;
  /** One threshold for all exits, or (default) one for each. */
  readonly thresholds?: "single" | "per-exit";
}

/** A rule that keeps a budget on the data it was fitted to. */
export interface FittedRule extends ExitRule {
  readonly budget: number;
  /** Mean cost per sample where it was fitted: at most the budget. */
  readonly cost: number;
  /** Accuracy where it was fitted, therefore optimistic. */
  readonly accuracy: number;
  /** What was maximised: accuracy plus the mean probability given to the label. */
  readonly utility: number;
}

function refuseTest(split: string): void {
  if (split === "validation" || split === "train") return;
  throw new UserError("E_USAGE", `thresholds cannot be fitted on the split "${split}"`, {
    allowed: "validation, train",
    next: "fit on validation and apply the fitted rule to test",
  });
}

function requireCosts(costs: readonly number[], exits: number): void {
  const rising = costs.every((c, k) => Number.isFinite(c) && (k === 0 || c > costs[k - 1]!));
  if (costs.length !== exits || !rising) {
    throw new UserError("E_CONFIG", `costs ${costs.join(", ")} for ${exits} exits`, {
      allowed: "one cumulative cost per exit, strictly rising",
    });
  }
}

/**
 * The thresholds with the most right answers (plus probability given to the label) whose mean cost keeps each budget.
 *
 * A single threshold is scanned exactly; thresholds per exit continue from there (and from other starts) by coordinate
 * descent, each coordinate exact. Ties: less cost, then the earlier start. `score >= threshold`
 * leaves, so equal scores leave together.
 *
 * @throws UserError E_USAGE for test data, E_CONFIG for a budget below the cost of the first exit.
 * @example
 * const [half] = fitThresholds(predictions, { costs: [65, 153], budgets: [100] });
 * half!.cost // <= 100
 */
export function fitThresholds(
  predictions: ExitPredictions<"train" | "validation">,
  options: FitOptions,
): FittedRule[] {
  const { costs, budgets, policy = "confidence", thresholds = "per-exit" } = options;
  refuseTest(predictions.split);
  requireCosts(costs, predictions.exits.length);
  if (predictions.labels.length === 0) {
    throw new UserError("E_DATA", "no samples to fit thresholds on");
  }
  const scores = scoresOf(predictions, policy);
  const first = at(costs, 0);
  const last = at(costs, costs.length - 1);
  for (const budget of budgets) {
    if (!(budget >= first)) {
      throw new UserError("E_CONFIG", `a budget of ${budget} per sample cannot be kept`, {
        allowed: `${first} (all leave at the first exit) to ${last} (none leaves early)`,
        next: "raise the budget, or place an exit earlier in the network",
      });
    }
  }
  const problem = problemOf(predictions, scores, costs);
  const singles = scanSingleThreshold(problem);
  const starts = thresholds === "single" ? [] : startingPoints(problem, at(singles, 0));

  return budgets.map((budget) => {
    const affordable = (c: Candidate) => isAffordable(problem, c, budget);
    const prefer = (a: Candidate, b: Candidate) => affordable(a) && isBetter(a, b);
    // The last affordable single threshold need not be the most accurate one.
    const single = singles.reduce((best, c) => (prefer(c, best) ? c : best), at(singles, 0));
    let best = single;
    if (thresholds === "per-exit") {
      for (const start of [single, ...starts.filter(affordable)]) {
        const found = descend(problem, start, prefer);
        if (isBetter(found, best)) best = found;
      }
    }
    return {
      policy,
      thresholds: best.thresholds,
      budget,
      cost: best.cost / problem.samples,
      accuracy: best.correct / problem.samples,
      utility: best.utility / problem.samples,
    };
  });
}
