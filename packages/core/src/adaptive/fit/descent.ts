/** Thresholds per exit: improving one exit at a time, each time exactly over every threshold that makes a difference. */

import { type Candidate, exitFrom, type Problem, separator } from "./problem.js";

/** Whether the first is to be preferred; candidates that are not allowed are never preferred. */
export type Prefer = (a: Candidate, b: Candidate) => boolean;

/** The best threshold of one exit, all others kept. */
function improveExit(problem: Problem, start: Candidate, k: number, prefer: Prefer): Candidate {
  const { samples, scores, correct, utility, costs, order } = problem;
  const { thresholds } = start;
  const later = new Uint8Array(samples);
  const reaches = new Uint8Array(samples);
  let cost = 0;
  let right = 0;
  let worth = 0;
  // With this exit closed.
  for (let i = 0; i < samples; i++) {
    const first = exitFrom(problem, thresholds, { sample: i, start: 0 });
    reaches[i] = first >= k ? 1 : 0;
    const taken =
      first > k || first < k ? first : exitFrom(problem, thresholds, { sample: i, start: k + 1 });
    later[i] = taken;
    cost += costs[taken]!;
    right += correct[taken]![i]!;
    worth += utility[taken]![i]!;
  }
  const withThreshold = (value: number | null) => thresholds.map((t, j) => (j === k ? value : t));
  let best = start;
  const offer = (value: number | null) => {
    const candidate = { thresholds: withThreshold(value), cost, correct: right, utility: worth };
    if (prefer(candidate, best)) best = candidate;
  };
  offer(null);
  const list = order[k]!.filter((i) => reaches[i] === 1);
  const own = scores[k]!;
  for (let m = 0; m < list.length; ) {
    const score = own[list[m]!]!;
    // Ties leave together.
    for (; m < list.length && own[list[m]!] === score; m++) {
      const i = list[m]!;
      cost += costs[k]! - costs[later[i]!]!;
      right += correct[k]![i]! - correct[later[i]!]![i]!;
      worth += utility[k]![i]! - utility[later[i]!]![i]!;
    }
    offer(m < list.length ? separator(score, own[list[m]!]!) : 0);
  }
  return best;
}

/** Repeats over the exits until none improves. Ends: every step is strictly preferred, and there are finitely many. */
export function descend(problem: Problem, start: Candidate, prefer: Prefer): Candidate {
  let best = start;
  for (let sweep = 0; sweep < 20; sweep++) {
    const before = best;
    for (let k = 0; k < problem.scores.length; k++) best = improveExit(problem, best, k, prefer);
    if (best === before) break;
  }
  return best;
}
