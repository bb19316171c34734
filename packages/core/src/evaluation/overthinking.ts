/** Running on when the answer was there, and stopping before it is (Kaya et al., ICML 2019). */

import type { ExitPredictions } from "../adaptive/index.js";
import { correctAt } from "./baselines.js";

export interface Overthinking {
  /** P(some early exit is right and the last is wrong): running on destroyed the answer. */
  readonly destructive: number;
  /** Mean cost paid beyond the first right exit, over samples answered rightly. */
  readonly wasteful: number;
  /** P(the exit taken is wrong and a later one is right). */
  readonly underthinking: number;
}

/**
 * What running on did to answers that were right or wrong before.
 *
 * @example
 * const predictions = {
 *   split: "test" as const,
 *   exits: ["early", "final"],
 *   labels: Int32Array.of(0, 1, 2),
 *   predicted: [Int32Array.of(0, 0, 0), Int32Array.of(0, 1, 0)],
 *   confidence: [],
 *   nll: [],
 *   scores: {},
 * };
 * overthinking(predictions, { taken: [1, 1, 1], costs: [1, 4] }).destructive // 0
 */
export function overthinking(
  predictions: ExitPredictions,
  { taken, costs }: { readonly taken: ArrayLike<number>; readonly costs: readonly number[] },
): Overthinking {
  const right = predictions.exits.map((_, k) => correctAt(predictions, k));
  const last = right.length - 1;
  const samples = predictions.labels.length;
  let destroyed = 0;
  let early = 0;
  let wasted = 0;
  let answered = 0;
  for (let i = 0; i < samples; i++) {
    const first = right.findIndex((r) => r[i] === 1);
    if (first !== -1 && right[last]![i] === 0) destroyed++;
    const d = taken[i]!;
    if (right[d]![i] === 1) {
      answered++;
      wasted += costs[d]! - costs[first]!;
    } else if (right.some((r, k) => k > d && r[i] === 1)) early++;
  }
  return {
    destructive: destroyed / samples,
    wasteful: answered === 0 ? 0 : wasted / answered,
    underthinking: early / samples,
  };
}
