/** Where the search for per-exit thresholds begins. */

import { descend } from "./descent.js";
import {
  type Candidate,
  EQUAL_UTILITY,
  evaluateThresholds,
  type Problem,
  separator,
} from "./problem.js";

/** Thresholds by which exit k takes a `q^k`-proportional share of all samples (MSDNet's plan), as quantiles of survivors. */
function geometricPlan(problem: Problem, q: number): Candidate {
  const early = problem.scores.length;
  const weights = Array.from({ length: early + 1 }, (_, k) => q ** k);
  const total = weights.reduce((a, b) => a + b, 0);
  const gone = new Uint8Array(problem.samples);
  const thresholds: (number | null)[] = [];
  for (let k = 0; k < early; k++) {
    const own = problem.scores[k]!;
    const left = problem.order[k]!.filter((i) => gone[i] === 0);
    const share = Math.round((problem.samples * weights[k]!) / total);
    if (share === 0 || left.length === 0) {
      thresholds.push(null);
      continue;
    }
    const last = Math.min(share, left.length) - 1;
    const above = own[left[last]!]!;
    const below = left.find((_, m) => m > last && own[left[m]!]! < above);
    const threshold = below === undefined ? 0 : separator(above, own[below]!);
    thresholds.push(threshold);
    for (const i of left) if (own[i]! >= threshold) gone[i] = 1;
  }
  return evaluateThresholds(problem, thresholds);
}

const ratios = [0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2, 3, 5];
/** Utility that one full run is worth. */
const prices = [0.003, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.25, 0.4, 0.7, 1.2, 2.5];

/** Starting points for every budget: exit shares in geometric proportion, and the best trade at each of several prices. */
export function startingPoints(problem: Problem, single: Candidate): Candidate[] {
  const full = problem.costs[problem.costs.length - 1]!;
  const traded = prices.map((price) => {
    const worth = (c: Candidate) => c.utility - (price * c.cost) / full;
    return descend(problem, single, (a, b) => worth(a) > worth(b) + EQUAL_UTILITY);
  });
  return [...ratios.map((q) => geometricPlan(problem, q)), ...traded];
}
