/** What a clock can tell apart, and how many calls to time together when one is too short for it. */

export interface TimerReport {
  /** Least step between two readings that differ, in milliseconds. */
  readonly resolutionMs: number;
  /** Mean time of a reading, in milliseconds. */
  readonly overheadMs: number;
}

/**
 * Reads `clock` (milliseconds) again and again: its least step, and what a reading costs.
 *
 * @example
 * let now = 0;
 * timerReport(() => (now += 0.25)) // { resolutionMs: 0.25, overheadMs: 0.25 }
 */
export function timerReport(
  clock: () => number,
  { readings = 10_000 }: { readonly readings?: number } = {},
): TimerReport {
  const began = clock();
  let before = began;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < readings; i++) {
    const now = clock();
    if (now > before) least = Math.min(least, now - before);
    before = now;
  }
  // A clock that stood still all the time is no better than the time that passed on it.
  const resolutionMs = Number.isFinite(least) ? least : Number.POSITIVE_INFINITY;
  return { resolutionMs, overheadMs: (before - began) / readings };
}

/**
 * Calls to time together so that a sample is at least `factor` resolutions long. Above 1, percentiles of single calls
 * must not be printed: a mean over k calls has a narrower tail.
 *
 * @example
 * callsPerSample(0.01, 0.001) // 10
 */
export function callsPerSample(
  callMs: number,
  resolutionMs: number,
  { factor = 100 }: { readonly factor?: number } = {},
): number {
  if (!(callMs > 0)) return factor;
  return Math.max(1, Math.ceil((factor * resolutionMs) / callMs - 1e-9));
}
