/** What every way of measuring energy offers to the loop that measures. */

import type { MeasuredEnergy } from "@frugal/core/evaluation";

export interface EnergyCounter {
  /** Looks at the counters; called often, outside of what is timed. */
  sample(nowMs: number): void;
  /** The window so far, from the first sample to the last. */
  read(): CounterReading;
}

export interface CounterReading {
  /** Why the window cannot be trusted; absent where it can. */
  readonly fault?: string;
  readonly joules: number;
  readonly seconds: number;
  readonly updates: number;
  /** Smallest and largest change between two looks. */
  readonly leastStep: number;
  readonly largestStep: number;
  readonly domains: readonly {
    readonly name: string;
    readonly joules: number;
    readonly inSum: boolean;
  }[];
}

/** One way to measure, or why it is not there. */
export type EnergySource =
  | { readonly available: false; readonly reason: string }
  | { readonly available: true; readonly method: string; open(): EnergyCounter };

/** Fewer updates than these leave an error by the counter's steps worth printing. */
const FEW_UPDATES = 10;

export interface EnergySummaryOptions {
  readonly method: string;
  /** Samples run in the window. */
  readonly samples: number;
  readonly idleWatts?: number;
}

/** A window's reading as what a measurement reports. */
export function energyOf(
  reading: CounterReading,
  { method, samples, idleWatts }: EnergySummaryOptions,
): MeasuredEnergy {
  const { fault, joules, seconds, updates, domains } = reading;
  if (fault !== undefined) return { measured: false, reason: fault };
  if (updates === 0) {
    const reason = `the ${method} counters did not change in ${seconds.toFixed(3)} s: measure for longer`;
    return { measured: false, reason };
  }
  return {
    measured: true,
    joules,
    domain: domains
      .filter((d) => d.inSum)
      .map((d) => d.name)
      .join(" + "),
    updates,
    method,
    resolutionJoules: reading.leastStep,
    seconds,
    joulesPerSample: joules / samples,
    scope: "whole machine",
    domains,
    ...(idleWatts === undefined ? {} : { idleWatts }),
    // An update may be missing at either end of the window.
    ...(updates < FEW_UPDATES ? { quantisationJoules: 2 * reading.largestStep } : {}),
  };
}
