/** Kernels of ops that read or write where indices say. */

import { assert } from "../base/index.js";
import type { OneHotAttrs } from "../ops/one-hot.js";
import type { ScatterElementsAttrs } from "../ops/scatter-elements.js";
import type { TopKAttrs } from "../ops/top-k.js";
import { elementCount } from "../tensor/index.js";
import { forEachIndex, positionOf } from "./indexing.js";
import { build, elementAt } from "./movement.js";
import type { Kernel } from "./types.js";

/** Negative indices count from the back. */
function resolve(index: number, length: number): number {
  assert(index >= -length && index < length, `index ${index} into ${length} elements`);
  return index < 0 ? index + length : index;
}

export const gather: Kernel<{ readonly axis: number }> = ([x, indices], { axis }, [out]) => [
  build(out!.shape, (index) => {
    const rank = indices!.shape.length;
    const picked = elementAt(indices!, index.slice(axis, axis + rank));
    const at = resolve(picked, x!.shape[axis]!);
    return elementAt(x!, [...index.slice(0, axis), at, ...index.slice(axis + rank)]);
  }),
];

export const gatherElements: Kernel<{ readonly axis: number }> = (
  [x, indices],
  { axis },
  [out],
) => [
  build(out!.shape, (index) =>
    elementAt(x!, index.with(axis, resolve(elementAt(indices!, index), x!.shape[axis]!))),
  ),
];

export const scatterElements: Kernel<ScatterElementsAttrs> = (
  [x, indices, updates],
  { axis, reduction },
) => {
  const data = x!.data.slice();
  forEachIndex(indices!.shape, (index, position) => {
    const at = resolve(indices!.data[position]!, x!.shape[axis]!);
    const target = positionOf(index.with(axis, at), x!.shape);
    data[target] = updates!.data[position]! + (reduction === "add" ? data[target]! : 0);
  });
  return [data];
};

export const oneHot: Kernel<OneHotAttrs> = ([indices], { depth, axis }, [out]) => [
  build(out!.shape, (index) => {
    const wanted = elementAt(indices!, index.toSpliced(axis, 1));
    return index[axis] === (wanted < 0 ? wanted + depth : wanted) ? 1 : 0;
  }),
];

/** In order, best first, the earlier of equal elements before the later. */
export const topK: Kernel<TopKAttrs> = ([x], { k, axis, largest }, [out]) => {
  const values = new Float64Array(elementCount(out!.shape));
  const positions = new Float64Array(values.length);
  const length = x!.shape[axis]!;
  forEachIndex(x!.shape.with(axis, 1), (index) => {
    const line = Array.from({ length }, (_, i) => elementAt(x!, index.with(axis, i)));
    // Sorting is stable, so ties stay in order.
    const order = line.map((_, i) => i).sort((a, b) => (line[b]! - line[a]!) * (largest ? 1 : -1));
    for (const [rank, at] of order.slice(0, k).entries()) {
      const position = positionOf(index.with(axis, rank), out!.shape);
      positions[position] = at;
      values[position] = line[at]!;
    }
  });
  return [values, positions];
};
