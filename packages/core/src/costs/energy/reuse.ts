/** Energy of a dataflow from how often values are reused at each level of memory, after Eyeriss (ISCA 2016, section VI). */

import { UserError } from "../../base/index.js";
import { energyTables } from "./tables.js";

/** How the reuse of one value, a * b * c * d in all, is split over the levels. */
export interface ReuseSplit {
  /** Times that it comes from DRAM. */
  readonly dram: number;
  /** Times that each of these is read from the buffer. */
  readonly buffer: number;
  /** Times that each of those is handed on between processing elements. */
  readonly array: number;
  /** Times that each of those is read from a register. */
  readonly register: number;
}

export interface ReuseEnergy {
  readonly dram: number;
  readonly buffer: number;
  readonly array: number;
  readonly register: number;
  readonly total: number;
}

/** Energy of one access at each level, as a multiple of one multiply-accumulate. */
export type LevelCosts = ReuseSplit;

const { dram, buffer, array, register } = energyTables.eyeriss65.memory;

/** Eyeriss, 65 nm, 16 bits: DRAM 200, global buffer 6, array 2, register 1. */
export const eyerissCosts: LevelCosts = {
  dram: dram!.energy,
  buffer: buffer!.energy,
  array: array!.energy,
  register: register!.energy,
};

function requireSplit(split: ReuseSplit): void {
  for (const [level, times] of Object.entries(split)) {
    if (times >= 1 && Number.isFinite(times)) continue;
    throw new UserError("E_CONFIG", `a reuse of ${times} at the level ${level}`, {
      allowed: "a number of at least 1",
    });
  }
}

function withTotal(levels: Omit<ReuseEnergy, "total">): ReuseEnergy {
  return { ...levels, total: levels.dram + levels.buffer + levels.array + levels.register };
}

/**
 * Energy to read one input or weight for all its uses, in multiply-accumulates of 16 bits:
 * a DRAM + a b buffer + a b c array + a b c d register.
 *
 * @example
 * // Once from DRAM, then everything from the register.
 * operandEnergy({ dram: 1, buffer: 1, array: 1, register: 100 }).total // 308
 */
export function operandEnergy(split: ReuseSplit, costs: LevelCosts = eyerissCosts): ReuseEnergy {
  requireSplit(split);
  const { dram: a, buffer: b, array: c, register: d } = split;
  return withTotal({
    dram: a * costs.dram,
    buffer: a * b * costs.buffer,
    array: a * b * c * costs.array,
    register: a * b * c * d * costs.register,
  });
}

/**
 * Energy to accumulate one output, in multiply-accumulates of 16 bits. Each partial sum but the first is read and
 * written: (2a - 1) DRAM + 2a(b - 1) buffer + a b (c - 1) array + 2 a b c (d - 1) register.
 *
 * @example
 * // Added up in a register, written once.
 * partialSumEnergy({ dram: 1, buffer: 1, array: 1, register: 10 }).total // 218
 */
export function partialSumEnergy(split: ReuseSplit, costs: LevelCosts = eyerissCosts): ReuseEnergy {
  requireSplit(split);
  const { dram: a, buffer: b, array: c, register: d } = split;
  return withTotal({
    dram: (2 * a - 1) * costs.dram,
    buffer: 2 * a * (b - 1) * costs.buffer,
    array: a * b * (c - 1) * costs.array,
    register: 2 * a * b * c * (d - 1) * costs.register,
  });
}

/**
 * Energy of a layer per multiply-accumulate: arithmetic 1, plus inputs, weights and partial sums, each divided by its
 * own reuse.
 *
 * @example
 * const once = { dram: 1, buffer: 1, array: 1, register: 1 };
 * reuseEnergy({ inputs: once, weights: once, sums: once }) // 619
 */
export function reuseEnergy(
  splits: {
    readonly inputs: ReuseSplit;
    readonly weights: ReuseSplit;
    readonly sums: ReuseSplit;
  },
  costs: LevelCosts = eyerissCosts,
): number {
  const reuse = (s: ReuseSplit) => s.dram * s.buffer * s.array * s.register;
  return (
    1 +
    operandEnergy(splits.inputs, costs).total / reuse(splits.inputs) +
    operandEnergy(splits.weights, costs).total / reuse(splits.weights) +
    partialSumEnergy(splits.sums, costs).total / reuse(splits.sums)
  );
}
