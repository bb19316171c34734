/** The temperature of gates while channels are decided: one value, or a way from one to another. */

import type { TemperatureScheduleName } from "../recipe/schema.js";
import type { Channels } from "./plan.js";

/** At t in [0, 1]. */
const ways: Readonly<
  Record<TemperatureScheduleName, (from: number, to: number, t: number) => number>
> = {
  linear: (from, to, t) => from + (to - from) * t,
  cosine: (from, to, t) => to + ((from - to) * (1 + Math.cos(Math.PI * t))) / 2,
  exponential: (from, to, t) => from * (to / from) ** t,
};

/**
 * The temperature at each of `steps` steps, counted from 0: `from` at the first, `to` at the last and after it. It follows
 * from the step alone, so a run that goes on goes on with it. Undefined where the recipe leaves it to the gate.
 *
 * @example
 * temperatureAt({ from: 1, to: 0.25, schedule: "exponential" }, 3)?.(1) // 0.5
 */
export function temperatureAt(
  given: Channels["temperature"],
  steps: number,
): ((step: number) => number) | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "number") return () => given;
  const { from, to, schedule } = given;
  return (step) => ways[schedule](from, to, steps > 1 ? Math.min(1, step / (steps - 1)) : 1);
}

/** What it has come to when channels are removed. */
export const lastTemperature = (given: Channels["temperature"]): number | undefined =>
  typeof given === "object" ? given.to : given;
