/** Latency of a service as its users see it: arrivals that do not wait for the server, and a queue. */

import { UserError } from "../../base/index.js";
import { randomStream } from "../../random/index.js";

/**
 * Scheduled arrivals of a Poisson process in milliseconds from the start, ascending: gaps -ln(1 - u) / rate. Equal seeds
 * give equal schedules on every machine.
 *
 * @throws UserError E_USAGE for a rate that is not positive, or a count that is not a whole number.
 * @example
 * poissonArrivals({ perSecond: 100, count: 3, seed: 1 }).length // 3
 */
export function poissonArrivals({
  perSecond,
  count,
  seed = 0,
}: {
  readonly perSecond: number;
  readonly count: number;
  readonly seed?: number;
}): Float64Array {
  if (!(perSecond > 0 && Number.isFinite(perSecond)) || !Number.isInteger(count) || count < 0) {
    throw new UserError("E_USAGE", `${count} arrivals at ${perSecond} per second`, {
      allowed: "a positive rate and a whole number of arrivals",
    });
  }
  const stream = randomStream(seed, "arrivals");
  const arrivals = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    // 1 - u lies in (0, 1], so the logarithm is finite.
    at += (-Math.log(1 - stream.uniform()) * 1000) / perSecond;
    arrivals[i] = at;
  }
  return arrivals;
}

export interface ServedQuery {
  readonly scheduledMs: number;
  /** When its work really began. */
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Latency of each query from its SCHEDULED arrival, as LoadGen measures it: a server that stalls makes every query wait
 * that arrived meanwhile, and none is left out because its sender was held up (coordinated omission).
 *
 * @example
 * scheduledLatencies([{ scheduledMs: 10, startMs: 40, endMs: 45 }]) // [35]
 */
export const scheduledLatencies = (queries: readonly ServedQuery[]): number[] =>
  queries.map((q) => q.endMs - q.scheduledMs);

/**
 * One server that takes queries in order of arrival: what the schedule becomes when query i takes `serviceMs(i)`.
 * The clock is the simulation's own, so a load can be tried on times that were measured earlier.
 *
 * @example
 * serveInOrder([0, 1, 2], () => 3).map((q) => q.startMs) // [0, 3, 6]
 */
export function serveInOrder(
  arrivalsMs: ArrayLike<number>,
  serviceMs: (index: number) => number,
): ServedQuery[] {
  let free = 0;
  return Array.from(arrivalsMs, (scheduledMs, i) => {
    const startMs = Math.max(scheduledMs, free);
    free = startMs + serviceMs(i);
    return { scheduledMs, startMs, endMs: free };
  });
}

/**
 * Samples of a closed loop with the omitted arrivals put back, in place beside the measured ones: a time t above the
 * intended interval T stands for queries of t - T, t - 2T, ... that would have been sent meanwhile (HdrHistogram).
 * Only where the intended interval is known; such numbers are to be labelled "corrected".
 *
 * @throws UserError E_USAGE for an interval that is not positive.
 * @example
 * correctOmission([1, 10, 1], 4) // [1, 10, 6, 1]
 */
export function correctOmission(samplesMs: readonly number[], intervalMs: number): number[] {
  if (!(intervalMs > 0)) {
    throw new UserError("E_USAGE", `an intended interval of ${intervalMs} ms`, {
      allowed: "a positive number",
    });
  }
  return samplesMs.flatMap((ms) => {
    const omitted: number[] = [];
    for (let left = ms - intervalMs; left >= intervalMs; left -= intervalMs) omitted.push(left);
    return [ms, ...omitted];
  });
}
