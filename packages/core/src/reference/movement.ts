/** Kernels of ops that move elements: each says from where every element of the result comes. */

import type { PadAttrs } from "../ops/pad.js";
import type { SliceAttrs } from "../ops/slice.js";
import type { SplitAttrs } from "../ops/split.js";
import { elementCount, type Shape } from "../tensor/index.js";
import { forEachIndex, positionOf } from "./indexing.js";
import type { Kernel, RefTensor } from "./types.js";

/** The result of `shape` whose element at `index` is `read(index)`. */
export function build(shape: Shape, read: (index: readonly number[]) => number): Float64Array {
  const data = new Float64Array(elementCount(shape));
  forEachIndex(shape, (index, position) => {
    data[position] = read(index);
  });
  return data;
}

export const elementAt = (t: RefTensor, index: readonly number[]): number =>
  t.data[positionOf(index, t.shape)]!;

/** The same elements in the same order. */
export const same: Kernel<unknown> = ([x]) => [x!.data];

export const transpose: Kernel<{ readonly perm: readonly number[] }> = ([x], { perm }, [out]) => [
  build(out!.shape, (index) => {
    const from = new Array<number>(index.length);
    perm.forEach((axis, i) => {
      from[axis] = index[i]!;
    });
    return elementAt(x!, from);
  }),
];

export const concat: Kernel<{ readonly axis: number }> = (inputs, { axis }, [out]) => [
  build(out!.shape, (index) => {
    let at = index[axis]!;
    let part = 0;
    while (at >= inputs[part]!.shape[axis]!) at -= inputs[part++]!.shape[axis]!;
    return elementAt(inputs[part]!, index.with(axis, at));
  }),
];

export const split: Kernel<SplitAttrs> = ([x], { axis, sizes }, outputs) =>
  outputs.map(({ shape }, part) => {
    const start = sizes.slice(0, part).reduce((a, b) => a + b, 0);
    return build(shape, (index) => elementAt(x!, index.with(axis, index[axis]! + start)));
  });

export const slice: Kernel<SliceAttrs> = ([x], { axes, starts, steps }, [out]) => [
  build(out!.shape, (index) =>
    elementAt(
      x!,
      axes.reduce<readonly number[]>(
        (from, axis, i) => from.with(axis, starts[i]! + index[axis]! * steps[i]!),
        index,
      ),
    ),
  ),
];

export const pad: Kernel<PadAttrs> = ([x], { pads, value, mode }, [out]) => [
  build(out!.shape, (index) => {
    const from = index.map((i, axis) => i - pads[axis]!);
    const inside = from.every((i, axis) => i >= 0 && i < x!.shape[axis]!);
    if (!inside && mode === "constant") return value;
    const folded = from.map((i, axis) => {
      const last = x!.shape[axis]! - 1;
      if (mode === "edge") return Math.min(last, Math.max(0, i));
      return i < 0 ? -i : i > last ? 2 * last - i : i;
    });
    return elementAt(x!, folded);
  }),
];

export const tile: Kernel<{ readonly repeats: readonly number[] }> = ([x], _attrs, [out]) => [
  build(out!.shape, (index) =>
    elementAt(
      x!,
      index.map((i, axis) => i % x!.shape[axis]!),
    ),
  ),
];
