/** Decodes what convolutions and pools share: strides, dilations and the automatic padding rules. */

import { normaliseAxis, type Shape } from "../../tensor/index.js";
import type { ImportNode } from "./node.js";

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begins of all spatial axes, then ends. */
  readonly pads: readonly number[];
}

/** One length per spatial axis of a tensor laid out N, C, spatial... */
export const spatial = (shape: Shape): Shape => shape.slice(2);

/** SAME_UPPER puts an odd padding's extra element at the end, SAME_LOWER at the beginning. */
export function splitPadding(totals: readonly number[], upper: boolean): number[] {
  const small = totals.map((t) => Math.floor(t / 2));
  const large = totals.map((t, i) => t - small[i]!);
  return upper ? [...small, ...large] : [...large, ...small];
}

/** Reads the window of a convolution or pool over `x`. */
export function readWindow(n: ImportNode, x: Shape, kernel: readonly number[]): Window {
  const lengths = spatial(x);
  const ones = lengths.map(() => 1);
  const strides = n.ints("strides") ?? ones;
  const dilations = n.ints("dilations") ?? ones;
  const mode = n.string("auto_pad", "NOTSET");
  const given = n.ints("pads");
  let pads = given ?? [...ones, ...ones].map(() => 0);
  if (mode === "VALID") pads = pads.map(() => 0);
  else if (mode === "SAME_UPPER" || mode === "SAME_LOWER") {
    const totals = lengths.map((length, i) => {
      const reach = (kernel[i]! - 1) * dilations[i]! + 1;
      return Math.max(0, (Math.ceil(length / strides[i]!) - 1) * strides[i]! + reach - length);
    });
    pads = splitPadding(totals, mode === "SAME_UPPER");
  } else if (mode !== "NOTSET") n.refuse(`auto_pad is "${mode}"`);
  return { kernel, strides, dilations, pads };
}

/** Axes from `first` to the last, as reductions take them. */
export const axesFrom = (first: number, shape: Shape): number[] =>
  shape.flatMap((_, axis) => (axis >= normaliseAxis(first, shape.length) ? [axis] : []));
