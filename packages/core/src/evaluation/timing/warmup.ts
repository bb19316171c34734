/** When a model is warm: its times have stopped changing. */

import { median } from "./quantile.js";

export interface WarmupRule {
  /** Runs in a window. Default 5. */
  readonly window?: number;
  /** Consecutive windows whose medians are compared. Default 3. */
  readonly windows?: number;
  /** Largest median over smallest, less 1. Default 0.05. */
  readonly tolerance?: number;
  /** Default 10. */
  readonly minRuns?: number;
  /** Time of all runs together, in milliseconds. Default 250. */
  readonly minMs?: number;
}

export interface WarmupState {
  readonly runs: number;
  readonly ms: number;
  readonly stable: boolean;
}

const total = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0);

/**
 * Whether runs timed so far (milliseconds, in order) are warm: at least `minRuns` and `minMs`, and the medians of the
 * last `windows` windows within `tolerance` of one another. Triton's perf client asks the same of three windows.
 *
 * @example
 * warmupState([9, 5, 2, 2, 2, 2], { window: 2, windows: 2, minRuns: 4, minMs: 0 }) // { runs: 6, ms: 22, stable: true }
 */
export function warmupState(
  ms: readonly number[],
  { window = 5, windows = 3, tolerance = 0.05, minRuns = 10, minMs = 250 }: WarmupRule = {},
): WarmupState {
  const state = { runs: ms.length, ms: total(ms) };
  const wanted = window * windows;
  if (ms.length < Math.max(wanted, minRuns) || state.ms < minMs) return { ...state, stable: false };
  const recent = ms.slice(-wanted);
  const medians = Array.from({ length: windows }, (_, w) =>
    median(recent.slice(w * window, (w + 1) * window)),
  );
  return { ...state, stable: Math.max(...medians) <= (1 + tolerance) * Math.min(...medians) };
}
