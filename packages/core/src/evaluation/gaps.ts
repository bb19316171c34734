/** Three costs that are never reported alone: expected (soft), policy (decided), executed (really run). */

import { mean } from "./intervals.js";

export interface ThreeCosts {
  /** Mean of sum_k p_k c_k: what the training loss sees. null where the network has no gates. */
  readonly expected: number | null;
  /** Mean of c_d over the exits decided on. */
  readonly policy: number;
  /** Counted on the path that ran, over samples. */
  readonly executed: number;
}

export interface CostGaps {
  /** G_d = (policy - expected) / expected: soft gates that promise what hard decisions do not keep. */
  readonly decision: number | null;
  /** G_x = (executed - policy) / policy: decided on but not saved. */
  readonly execution: number;
  /** (1 + G_d)(1 + G_x) - 1. */
  readonly total: number | null;
}

/**
 * How far the three costs lie apart, relative.
 *
 * @example
 * costGaps({ expected: 100, policy: 110, executed: 110 }) // { decision: 0.1, execution: 0, total: 0.1 }
 */
export function costGaps({ expected, policy, executed }: ThreeCosts): CostGaps {
  const execution = (executed - policy) / policy;
  if (expected === null) return { decision: null, execution, total: null };
  const decision = (policy - expected) / expected;
  return { decision, execution, total: (1 + decision) * (1 + execution) - 1 };
}

/**
 * V = (cost - budget) / budget: positive is overspent.
 *
 * @example
 * budgetViolation(110, 100) // 0.1
 */
export const budgetViolation = (cost: number, budget: number): number => (cost - budget) / budget;

/**
 * Mean over samples of sum_k p_ik c_k. hazards: [exit but the last][sample].
 *
 * @example
 * // One sample, one gate at 0.2: 0.2 x 1 + 0.8 x 4
 * expectedCost([[0.2]], [1, 4]) // 3.4
 */
export function expectedCost(
  hazards: readonly ArrayLike<number>[],
  costs: readonly number[],
): number {
  const samples = hazards[0]?.length ?? 0;
  const last = costs[costs.length - 1]!;
  if (samples === 0) return last;
  let total = 0;
  for (let i = 0; i < samples; i++) {
    // Backwards: C_k = h_k c_k + (1 - h_k) C_{k+1}.
    let cost = last;
    for (let k = hazards.length - 1; k >= 0; k--) {
      const h = hazards[k]![i]!;
      cost = h * costs[k]! + (1 - h) * cost;
    }
    total += cost;
  }
  return total / samples;
}

/**
 * S = mean 4 h (1 - h): 0 if all gates are decided, 1 if all stand at one half. A large S foretells a large decision gap.
 *
 * @example
 * decisionSoftness([[0.5, 0.5]]) // 1
 */
export function decisionSoftness(hazards: readonly ArrayLike<number>[]): number {
  const each = hazards.map((h) => mean(Float64Array.from(h, (v) => 4 * v * (1 - v))));
  return each.length === 0 ? 0 : mean(each);
}

/**
 * Mean cost of the exits taken.
 *
 * @example
 * policyCost([0, 1], [1, 4]) // 2.5
 */
export const policyCost = (taken: ArrayLike<number>, costs: readonly number[]): number =>
  mean(Float64Array.from(taken, (k) => costs[k]!));
