/** Runs again and again: until warm, for samples, or to a schedule. */

import {
  mean,
  poissonArrivals,
  type ServedQuery,
  scheduledLatencies,
  type WarmupState,
  warmupState,
} from "@frugal/core/evaluation";
import type { TimingPlan } from "./options.js";

/** One query; its results are on this side when the promise settles. */
export type Query = () => Promise<unknown>;

/** Something that wants to be called between samples, such as a counter of energy. */
export type Between = (nowMs: number) => void;

const clock = (): number => performance.now();
/** A page of samples for people is enough: more would not narrow what is printed. */
const MOST_SAMPLES = 20_000;

export interface WarmUp {
  readonly state: WarmupState;
  readonly timesMs: readonly number[];
}

/** Runs until times are stable, or the longest time of the plan is over. */
export async function warmUp(query: Query, { warmup }: TimingPlan): Promise<WarmUp> {
  const { minRuns, minMs, maxMs } = warmup;
  const timesMs: number[] = [];
  for (;;) {
    const start = clock();
    await query();
    timesMs.push(clock() - start);
    const state = warmupState(timesMs, { window: 3, windows: 3, minRuns, minMs });
    if (state.stable || state.ms >= maxMs) return { state, timesMs };
  }
}

/** Time of a query at the end of the warm-up: the mean of the last quarter, of nine at least. */
export const warmMs = ({ timesMs }: WarmUp): number =>
  mean(timesMs.slice(-Math.max(9, Math.floor(timesMs.length / 4))));

export interface LoopOptions {
  readonly samples: number;
  readonly minMs: number;
  readonly limitMs: number;
  /** Calls timed as one sample, whose mean it is. */
  readonly callsPerSample?: number;
  readonly between?: Between;
}

/** A closed loop: each sample starts when the one before has ended. At least one is taken. */
export async function closedLoop(
  query: Query,
  { samples, minMs, limitMs, callsPerSample = 1, between = () => {} }: LoopOptions,
): Promise<number[]> {
  const times: number[] = [];
  const began = clock();
  between(began);
  for (;;) {
    const start = clock();
    for (let call = 0; call < callsPerSample; call++) await query();
    const end = clock();
    times.push((end - start) / callsPerSample);
    between(end);
    const elapsed = end - began;
    const enough = times.length >= samples && elapsed >= minMs;
    if (enough || elapsed >= limitMs || times.length >= MOST_SAMPLES) return times;
  }
}

/** Timers come late by a millisecond or more: the rest is waited for by looking at the clock. */
async function sleepUntil(due: number): Promise<void> {
  for (;;) {
    const left = due - clock();
    if (left <= 0) return;
    if (left > 3) await new Promise((resolve) => setTimeout(resolve, left - 2));
  }
}

/** Poisson arrivals that do not wait; times are from the schedule. One server, in order of arrival. */
export async function serverLoop(
  query: Query,
  {
    perSecond,
    samples,
    seed,
    between = () => {},
  }: { perSecond: number; samples: number; seed: number; between?: Between },
): Promise<number[]> {
  const arrivals = poissonArrivals({ perSecond, count: samples, seed });
  const served: ServedQuery[] = [];
  const began = clock();
  between(began);
  for (const scheduledMs of arrivals) {
    await sleepUntil(began + scheduledMs);
    const startMs = clock() - began;
    await query();
    served.push({ scheduledMs, startMs, endMs: clock() - began });
    between(clock());
  }
  return scheduledLatencies(served);
}
