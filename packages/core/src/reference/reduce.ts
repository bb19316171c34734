/** Kernels of reductions: collect the values of each result, then apply the formula. */

import type { ReduceAttrs } from "../ops/reduce-sum.js";
import { elementCount } from "../tensor/index.js";
import { broadcastPosition, forEachIndex } from "./indexing.js";
import type { Kernel } from "./types.js";

export const reduce =
  (formula: (values: readonly number[]) => number): Kernel<ReduceAttrs> =>
  ([x], { axes }, [out]) => {
    const kept = x!.shape.map((d, axis) => (axes.includes(axis) ? 1 : d));
    const groups = Array.from({ length: elementCount(out!.shape) }, (): number[] => []);
    forEachIndex(x!.shape, (index, position) => {
      groups[broadcastPosition(index, kept)]!.push(x!.data[position]!);
    });
    return [Float64Array.from(groups, formula)];
  };
