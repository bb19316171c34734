/** A counter of energy between the samples of a loop, and the idle power before. */

import type { MeasuredEnergy } from "@frugal/core/evaluation";
import { type EnergyCounter, type EnergySource, energyOf } from "./energy/index.js";
import type { Between } from "./loop.js";

export interface PowerMeter {
  readonly between: Between;
  /** Closes the window; `samples` were run in it. */
  finish(samples: number): MeasuredEnergy;
}

/** Looks are cheap but not free: none within this time of the one before. */
const LEAST_GAP_MS = 5;
const IDLE_MS = 300;

/** Power of the machine before a model is loaded; undefined where the counter did not move or is not there. */
export async function idleWatts(source: EnergySource): Promise<number | undefined> {
  if (!source.available) return undefined;
  const counter = source.open();
  for (const end = performance.now() + IDLE_MS; performance.now() < end; ) {
    counter.sample(performance.now());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { joules, seconds, updates, fault } = counter.read();
  return fault === undefined && updates > 0 && seconds > 0 ? joules / seconds : undefined;
}

export function powerMeter(source: EnergySource, idle: number | undefined): PowerMeter {
  if (!source.available) {
    const { reason } = source;
    return { between: () => {}, finish: () => ({ measured: false, reason }) };
  }
  const counter: EnergyCounter = source.open();
  let last = Number.NEGATIVE_INFINITY;
  const between: Between = (now) => {
    if (now - last < LEAST_GAP_MS) return;
    last = now;
    counter.sample(now);
  };
  return {
    between,
    finish(samples) {
      counter.sample(performance.now());
      return energyOf(counter.read(), {
        method: source.method,
        samples,
        ...(idle === undefined ? {} : { idleWatts: idle }),
      });
    },
  };
}
