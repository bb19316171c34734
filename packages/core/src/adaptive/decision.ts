/** A decision rule with its numbers, and what it decides when every exit has been computed. */

import { UserError } from "../base/index.js";
import type { PolicyName } from "./policies/index.js";
import type { ExitPredictions } from "./predictions.js";

/** Plain JSON: goes into reports and exported bundles as it is. */
export interface ExitRule {
  readonly policy: PolicyName;
  /** For each exit but the last: leave where score >= threshold. null: the exit is closed. */
  readonly thresholds: readonly (number | null)[];
}

/**
 * Whether a score lets a sample leave: ties leave, so equal samples are treated alike.
 *
 * @example
 * leaves(0.9, 0.9) // true
 * leaves(0.9, null) // false
 */
export const leaves = (score: number, threshold: number | null): boolean =>
  threshold !== null && score >= threshold;

/**
 * Scores of a policy, or an error that says why there are none.
 *
 * @example
 * scoresOf(predictions, "confidence").length // 1
 */
export function scoresOf(
  predictions: ExitPredictions,
  policy: PolicyName,
): readonly Float64Array[] {
  const scores = predictions.scores[policy];
  if (!scores) {
    throw new UserError("E_CONFIG", `the policy "${policy}" has nothing to read in this network`, {
      allowed: Object.keys(predictions.scores).join(", "),
      next: 'train with gates (gate: "hazard"), or choose another policy',
    });
  }
  return scores;
}

/**
 * The exit that each sample takes under a rule (replay: decided from stored scores).
 *
 * @example
 * // No score reaches a threshold above 1: everyone runs to the end.
 * exitsTaken(predictions, { policy: "confidence", thresholds: [1.1] })[0] // 1
 */
export function exitsTaken(predictions: ExitPredictions, rule: ExitRule): Int32Array {
  const scores = scoresOf(predictions, rule.policy);
  if (rule.thresholds.length !== scores.length) {
    throw new UserError(
      "E_CONFIG",
      `${rule.thresholds.length} thresholds for ${scores.length} early exits`,
      { allowed: "one for each exit but the last" },
    );
  }
  return Int32Array.from(predictions.labels, (_, i) => {
    const k = scores.findIndex((s, exit) => leaves(s[i]!, rule.thresholds[exit] ?? null));
    return k === -1 ? scores.length : k;
  });
}
