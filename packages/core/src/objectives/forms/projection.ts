/** Projection: the loss knows nothing of the cost; after a step, decisions are moved back below the limit. */

import { UserError } from "../../base/index.js";
import type { ObjectiveForm } from "./form.js";

/** No term: `projectBelow` keeps the limit after every step. */
export const projectionForm: ObjectiveForm = {
  name: "projection",
  title: "decisions moved back below the limit",
  formula: "min task over { c <= l }: after each step, the nearest decisions with c <= l",
  behaviour:
    "The soft cost is below the limit at every step. The loss does not choose what to give up: the projection takes from every decision in proportion to its price.",
  source:
    "projected gradient descent (Bertsekas, Nonlinear Programming, 2.3); HardCoRe-NAS (arXiv:2102.11646)",
  limit: "required",
  multiplier: "none",
  scalars: [],
  controller: "constant",
  term: () => undefined,
};

/** Numbers of decision parameters, by path. */
export type DecisionValues = Readonly<Record<string, ArrayLike<number>>>;

export interface ProjectOptions {
  /** Normalised soft cost and its gradient at given decisions. */
  readonly evaluate: (values: DecisionValues) => {
    readonly cost: number;
    readonly gradient: DecisionValues;
  };
  readonly limit: number;
  /** How far below the limit to aim, as a share of it: a convex cost is approached from above. Default 1e-4. */
  readonly margin?: number;
  /** Default 50. */
  readonly iterations?: number;
}

/**
 * The decisions with cost at most `limit` that are near the given ones: repeated Euclidean projections onto the
 * linearised cost, x <- x - (c(x) - l) / |g|^2 * g. Exact in one step where the cost is linear. Values that keep the
 * limit come back unchanged.
 *
 * @throws UserError E_CONFIG where the cost no longer falls: the limit cannot be reached from here.
 * @example
 * // cost 3 a + 4 b; from (1, 1), limit 2: 5 / 25 of the way along (3, 4).
 * const found = projectBelow({ x: [1, 1] }, {
 *   evaluate: ({ x }) => ({ cost: 3 * x![0]! + 4 * x![1]!, gradient: { x: [3, 4] } }),
 *   limit: 2,
 *   margin: 0,
 * });
 * found.x // Float64Array [0.40, 0.20]
 */
export function projectBelow(
  values: DecisionValues,
  { evaluate, limit, margin = 1e-4, iterations = 50 }: ProjectOptions,
): Record<string, Float64Array> {
  let now = mapValues(values, (v) => Float64Array.from(v));
  // Rounding in the last bits of a cost that lands on the limit is no violation.
  const bound = limit + 1e-12 * Math.abs(limit);
  const aim = limit * (1 - margin);
  for (let i = 0; i <= iterations; i++) {
    const { cost, gradient } = evaluate(now);
    if (cost <= bound) return now;
    const square = Object.values(gradient).reduce((n, g) => n + squareOf(g), 0);
    if (!(square > 0) || !Number.isFinite(cost) || i === iterations) break;
    const factor = (cost - aim) / square;
    now = mapValues(now, (v, path) => v.map((x, k) => x - factor * (gradient[path]?.[k] ?? 0)));
  }
  throw new UserError("E_CONFIG", `no decisions near these cost at most ${limit}`, {
    where: "objective.form: projection",
    allowed: "a limit that the decisions can reach",
    next: "see reachableRange, or start from decisions whose gradient is not zero",
  });
}

const squareOf = (g: ArrayLike<number>): number => Array.from(g).reduce((n, v) => n + v * v, 0);

const mapValues = <T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
