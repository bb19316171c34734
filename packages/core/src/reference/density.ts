/** The density surrogate of energy-aware training and its slope. */

import { elementCount } from "../tensor/index.js";
import type { Kernel } from "./types.js";

interface Rows {
  readonly rows: number;
}

const counted = (shape: readonly number[], rows: number): number =>
  (elementCount(shape) / shape[0]!) * rows;

export const softDensity: Kernel<Rows> = ([x, sigma], { rows }) => {
  const n = counted(x!.shape, rows);
  let sum = 0;
  for (const v of x!.data.subarray(0, n)) sum += v ** 2 / (v ** 2 + sigma!.data[0]!);
  return [Float64Array.of(sum / n)];
};

export const softDensityGrad: Kernel<Rows> = ([x, sigma, factor, rest], { rows }) => {
  const n = counted(x!.shape, rows);
  return [
    x!.data.map((v, i) => {
      const pull = i < n ? (factor!.data[0]! * v) / (v ** 2 + sigma!.data[0]!) ** 2 : 0;
      return pull + (rest?.data[i] ?? 0);
    }),
  ];
};
