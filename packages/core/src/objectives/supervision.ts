/** Fixed weights on the loss of every exit, so that none of them starves. */

import type { ExitPoint } from "../adaptive/index.js";
import type { Value } from "../graph/index.js";
import { functions as f } from "../ops/index.js";
import { requireWeight } from "./objective.js";

/** Deep supervision (Lee et al., 2015). */
export interface SupervisionOptions {
  /** Weight of each early exit's loss. Default 0.3. */
  readonly early?: number;
  /**
   * Weight of the last exit's loss. Default 1: samples that leave early would otherwise stop teaching the deep path,
   * and full-depth accuracy would pay for the savings.
   */
  readonly final?: number;
}

/**
 * Weight of each exit.
 *
 * @example
 * supervisionWeights(traced.exits, { early: 0.3, final: 1 }) // [0.3, 1]
 */
export function supervisionWeights(
  exits: readonly ExitPoint[],
  { early = 0.3, final = 1 }: SupervisionOptions = {},
): number[] {
  requireWeight(early, "objective.supervision.early");
  requireWeight(final, "objective.supervision.final");
  return exits.map((_, k) => (k === exits.length - 1 ? final : early));
}

/** sum_k weights_k * values_k, leaving out zeros; undefined if nothing is left. */
export function weightedSum(
  values: readonly Value[],
  weights: readonly number[],
): Value | undefined {
  return values.reduce<Value | undefined>((sum, value, k) => {
    const weight = weights[k]!;
    if (weight === 0) return sum;
    const term = weight === 1 ? value : f.mul(value, weight);
    return sum ? f.add(sum, term) : term;
  }, undefined);
}
