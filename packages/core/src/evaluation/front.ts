/** Accuracy against cost: the Pareto front and its hypervolume. */

import { UserError } from "../base/index.js";

export interface Point {
  readonly cost: number;
  readonly accuracy: number;
}

/**
 * Points that no other point beats in both cost (lower) and accuracy (higher), by rising cost. Equal points are kept once.
 *
 * @example
 * paretoFront([{ cost: 1, accuracy: 0.7 }, { cost: 2, accuracy: 0.6 }]) // [{ cost: 1, accuracy: 0.7 }]
 */
export function paretoFront<P extends Point>(points: readonly P[]): P[] {
  const order = [...points].sort((a, b) => a.cost - b.cost || b.accuracy - a.accuracy);
  const front: P[] = [];
  for (const point of order) {
    const best = front[front.length - 1];
    if (!best || point.accuracy > best.accuracy) front.push(point);
  }
  return front;
}

/**
 * Area under the staircase of the front, above the reference accuracy and left of the reference cost:
 * HV = sum_j (c_{j+1} - c_j)(a_j - a_ref), c_{m+1} = c_ref. Points outside the reference box add nothing.
 *
 * reference: declared beforehand and published, never derived from the points that are scored.
 *
 * @example
 * // 1 x 0.7 + 2 x 0.9
 * hypervolume([{ cost: 1, accuracy: 0.7 }, { cost: 2, accuracy: 0.9 }], { cost: 4, accuracy: 0 }) // 2.5
 */
export function hypervolume(points: readonly Point[], reference: Point): number {
  const inside = points.filter((p) => p.cost < reference.cost && p.accuracy > reference.accuracy);
  const front = paretoFront(inside);
  return front.reduce((area, point, j) => {
    const next = front[j + 1]?.cost ?? reference.cost;
    return area + (next - point.cost) * (point.accuracy - reference.accuracy);
  }, 0);
}

/**
 * Hypervolume as a share of the whole box between the reference and the ideal point (least cost, best accuracy).
 *
 * @example
 * const ideal = { cost: 0, accuracy: 1 };
 * const reference = { cost: 4, accuracy: 0 };
 * normalisedHypervolume([{ cost: 1, accuracy: 0.7 }, { cost: 2, accuracy: 0.9 }], { reference, ideal }) // 0.625
 */
export function normalisedHypervolume(
  points: readonly Point[],
  { reference, ideal }: { readonly reference: Point; readonly ideal: Point },
): number {
  const box = (reference.cost - ideal.cost) * (ideal.accuracy - reference.accuracy);
  if (!(box > 0)) {
    throw new UserError("E_USAGE", "the ideal point does not lie left of and above the reference", {
      allowed: "ideal.cost < reference.cost and ideal.accuracy > reference.accuracy",
    });
  }
  return hypervolume(points, reference) / box;
}
