/** How many channels a group may keep: multiples, or the numbers at which this machine becomes faster. */

import { type LatencyPredictor, predictLatency } from "@frugal/core/costs";
import type { Counts } from "./fill.js";
import { machinePredictor } from "./times.js";
import { type Layers, type Narrowable, narrowedLedger } from "./widths.js";

/** By group, rising; the last is all that the group has. */
export type Sizes = Readonly<Record<string, readonly number[]>>;

/** A group with its number of channels. */
type Group = Readonly<{ name: string; size: number }>;

/**
 * The multiples up to `size`, and `size` itself.
 *
 * @example
 * multiplesTo(20, 8) // [8, 16, 20]
 */
export const multiplesTo = (size: number, multiple: number): number[] =>
  Array.from({ length: Math.ceil(size / multiple) }, (_, i) => Math.min(size, (i + 1) * multiple));

/** No machine computes fewer floats at once; narrower steps would only be noise of the prediction. */
const NARROWEST_VECTOR = 4;

/** Share of what as many channels are worth on average that going to a narrower size must save. */
const WORTH = 0.5;

/**
 * The sizes worth stopping at, of candidates that rise up to all channels: from the top down, those that save at least half
 * of the time that so many channels are worth on average. On a staircase these are the right ends of its steps; where time
 * falls with every channel, all candidates.
 *
 * @example
 * // Blocks of 4: 1 ms a block.
 * stepEnds([2, 4, 6, 8], (n) => Math.ceil(n / 4)) // [4, 8]
 */
export function stepEnds(
  candidates: readonly number[],
  msAt: (channels: number) => number,
): number[] {
  const times = new Map(candidates.map((n) => [n, msAt(n)]));
  const [least, most] = [candidates[0]!, candidates.at(-1)!];
  const each = (times.get(most)! - times.get(least)!) / Math.max(1, most - least);
  const ends = [most];
  for (const n of candidates.slice(0, -1).reverse()) {
    const saved = times.get(ends[0]!)! - times.get(n)!;
    if (saved > 0 && saved >= WORTH * each * (ends[0]! - n)) ends.unshift(n);
  }
  return ends;
}

interface SizesOptions {
  readonly groups: readonly Group[];
  readonly network: Narrowable;
  readonly layers: Layers;
  readonly predictor: LatencyPredictor;
}

/** Each group by itself, with all channels of the others: what steps there are is a matter of the kernels it is in. */
export function latencySizes({ groups, network, layers, predictor }: SizesOptions): Sizes {
  const all: Counts = Object.fromEntries(groups.map((g) => [g.name, g.size]));
  return Object.fromEntries(
    groups.map(({ name, size }) => {
      const step = size < 2 * NARROWEST_VECTOR ? 1 : NARROWEST_VECTOR;
      const msAt = (channels: number): number =>
        predictLatency(narrowedLedger(network, layers, { ...all, [name]: channels }), predictor).ms;
      return [name, stepEnds(multiplesTo(size, step), msAt)];
    }),
  );
}

/**
 * What `channels.multiple` means for each group.
 *
 * @throws UserError E_CONFIG for "latency" on a machine that was not calibrated.
 */
export function allowedSizes(
  multiple: number | "latency",
  options: Omit<SizesOptions, "predictor">,
): Sizes {
  if (multiple !== "latency") {
    return Object.fromEntries(options.groups.map((g) => [g.name, multiplesTo(g.size, multiple)]));
  }
  const need = { what: "widths that this machine likes need", where: "channels.multiple" };
  const { predictor } = machinePredictor(undefined, need);
  return latencySizes({ ...options, predictor });
}
