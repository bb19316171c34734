/** Kernels of reductions: collect the values of each result, then apply the formula. */

import type { ArgMaxAttrs } from "../ops/arg-max.js";
import type { CumSumAttrs } from "../ops/cum-sum.js";
import type { ReduceAttrs } from "../ops/reduce-sum.js";
import { elementCount } from "../tensor/index.js";
import { broadcastPosition, forEachIndex, positionOf } from "./indexing.js";
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

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The first position of the largest value. */
export const argMax: Kernel<ArgMaxAttrs> = (inputs, { axis, keepDims }, outputs) =>
  reduce((values) => values.indexOf(Math.max(...values)))(
    inputs,
    { axes: [axis], keepDims },
    outputs,
  );

export const cumSum: Kernel<CumSumAttrs> = ([x], { axis, exclusive, reverse }) => {
  const { shape, data } = x!;
  const length = shape[axis]!;
  const result = new Float64Array(data.length);
  forEachIndex(shape, (index, position) => {
    const here = index[axis]!;
    const others = Array.from({ length }, (_, i) => i).filter(
      (i) => (reverse ? i > here : i < here) || (i === here && !exclusive),
    );
    result[position] = sum(others.map((i) => data[positionOf(index.with(axis, i), shape)]!));
  });
  return [result];
};
