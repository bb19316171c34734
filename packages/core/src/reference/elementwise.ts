/** Kernels of elementwise ops. */

import { elementCount } from "../tensor/index.js";
import { broadcastPosition, forEachIndex } from "./indexing.js";
import type { Kernel } from "./types.js";

export const map =
  <A>(formula: (x: number, attrs: A) => number): Kernel<A> =>
  ([x], attrs) => [x!.data.map((v) => formula(v, attrs))];

/** Any number of operands, broadcast against each other. */
export const zip =
  <A>(formula: (...values: number[]) => number): Kernel<A> =>
  (inputs, _attrs, [out]) => {
    const data = new Float64Array(elementCount(out!.shape));
    forEachIndex(out!.shape, (index, position) => {
      data[position] = formula(...inputs.map((t) => t.data[broadcastPosition(index, t.shape)]!));
    });
    return [data];
  };
