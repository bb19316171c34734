/** Samples per second, and the batch from which a larger one no longer pays. */

import { UserError } from "../../base/index.js";
import type { Throughput } from "./measurement.js";

/**
 * Samples per second of calls that each took a batch; `callMs` in milliseconds.
 *
 * @throws UserError E_USAGE for no calls.
 * @example
 * // Two calls of 8 samples in 20 + 30 ms: 16 samples in 0.05 s.
 * offlineThroughput([20, 30], { batch: 8 }) // 320
 */
export function offlineThroughput(
  callMs: ArrayLike<number>,
  { batch }: { readonly batch: number },
): number {
  if (callMs.length === 0) {
    throw new UserError("E_USAGE", "a throughput of no calls", { allowed: "at least one call" });
  }
  let ms = 0;
  for (let i = 0; i < callMs.length; i++) ms += callMs[i]!;
  return (1000 * batch * callMs.length) / ms;
}

/**
 * The batch after which the next one of the sweep gains less than `gain` in throughput; the largest where none does,
 * undefined for an empty sweep. Points in any order.
 *
 * @example
 * batchKnee([
 *   { batch: 1, perSecond: 100 },
 *   { batch: 2, perSecond: 180 },
 *   { batch: 4, perSecond: 185 },
 * ]) // 2
 */
export function batchKnee(
  points: readonly Throughput[],
  { gain = 0.05 }: { readonly gain?: number } = {},
): number | undefined {
  const order = points.toSorted((a, b) => a.batch - b.batch);
  const knee = order.find((point, i) => {
    const next = order[i + 1];
    return next !== undefined && next.perSecond < (1 + gain) * point.perSecond;
  });
  return (knee ?? order.at(-1))?.batch;
}
