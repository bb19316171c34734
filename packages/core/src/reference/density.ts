/** The density surrogate of energy-aware training with its slope, and the first rows of a batch. */

import type { Kernel } from "./types.js";

export const softDensity: Kernel<Record<string, never>> = ([x, sigma]) => {
  const width = sigma!.data[0]!;
  let sum = 0;
  for (const v of x!.data) sum += v ** 2 / (v ** 2 + width);
  return [Float64Array.of(sum / x!.data.length), x!.data.map((v) => v / (v ** 2 + width) ** 2)];
};

export const headRows: Kernel<{ readonly rows: number }> = ([x], { rows }) => [
  x!.data.slice(0, (x!.data.length / x!.shape[0]!) * rows),
];

export const addRows: Kernel<{ readonly rows: number }> = ([part, rest], { rows }) => {
  const sum = new Float64Array((part!.data.length / part!.shape[0]!) * rows);
  if (rest) sum.set(rest.data);
  part!.data.forEach((v, i) => {
    sum[i]! += v;
  });
  return [sum];
};
