/** One threshold for all exits: every distinct decision it can make, in one pass. */

import { type Candidate, exitFrom, type Problem, separator } from "./problem.js";

/**
 * All candidates of a single threshold, from "everyone leaves at the first exit" to "nobody leaves early".
 * Exact: between two neighbouring scores the decisions do not change, so each gap is visited once. Costs rise along the list.
 */
export function scanSingleThreshold(problem: Problem): Candidate[] {
  const { samples, scores, correct, utility, costs } = problem;
  const early = scores.length;
  const events = new Float64Array(samples * early);
  scores.forEach((s, k) => {
    events.set(s, k * samples);
  });
  const order = Uint32Array.from(events, (_, e) => e).sort(
    (a, b) => events[a]! - events[b]! || a - b,
  );
  const current = new Uint8Array(samples);
  let cost = samples * costs[0]!;
  let right = correct[0]!.reduce((n, c) => n + c, 0);
  let worth = utility[0]!.reduce((n, u) => n + u, 0);
  const everyoneLeaves = new Array<number>(early).fill(0);
  const list: Candidate[] = [{ thresholds: everyoneLeaves, cost, correct: right, utility: worth }];

  for (let e = 0; e < order.length; ) {
    const passed = events[order[e]!]!;
    let end = e;
    while (end < order.length && events[order[end]!] === passed) end++;
    const next = end < order.length ? events[order[end]!]! : null;
    const threshold = next === null ? null : separator(next, passed);
    const thresholds = new Array<number | null>(early).fill(threshold);
    const before = cost;
    for (; e < end; e++) {
      const k = Math.floor(order[e]! / samples);
      const sample = order[e]! % samples;
      if (current[sample] !== k) continue;
      const later = exitFrom(problem, thresholds, { sample, start: k + 1 });
      current[sample] = later;
      cost += costs[later]! - costs[k]!;
      right += correct[later]![sample]! - correct[k]![sample]!;
      worth += utility[later]![sample]! - utility[k]![sample]!;
    }
    if (cost !== before) list.push({ thresholds, cost, correct: right, utility: worth });
  }
  return list;
}
