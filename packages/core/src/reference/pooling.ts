/** Kernels of the pooling ops: list the pixels of every window, then apply the definition. */

import type { AveragePoolAttrs } from "../ops/average-pool.js";
import type { AveragePoolGradientAttrs } from "../ops/average-pool-gradient.js";
import type { PoolAttrs } from "../ops/pool.js";
import { elementCount, type Shape } from "../tensor/index.js";
import { pixelAt } from "./convolution.js";
import { forEachIndex } from "./indexing.js";
import type { Kernel } from "./types.js";

/** Calls `visit` for every window of every plane with the positions of its pixels, padding left out. */
function forEachWindow(
  { x, y }: { readonly x: Shape; readonly y: Shape },
  attrs: PoolAttrs,
  visit: (window: {
    pixels: number[];
    plane: number;
    index: readonly number[];
    at: number;
  }) => void,
): void {
  const [, channels, ...size] = x as [number, number, ...number[]];
  forEachIndex(y, ([n, c, ...index], at) => {
    const plane = (n! * channels + c!) * elementCount(size);
    const pixels: number[] = [];
    forEachIndex(attrs.kernel, (tap) => {
      const pixel = pixelAt(size, attrs, { window: index, tap });
      if (pixel >= 0) pixels.push(plane + pixel);
    });
    visit({ pixels, plane, index, at });
  });
}

/** The first of the largest. */
const largest = (data: Float64Array, pixels: readonly number[]): number =>
  pixels.reduce((best, pixel) => (data[pixel]! > data[best]! ? pixel : best));

export const maxPool: Kernel<PoolAttrs> = ([x], attrs, [y]) => {
  const out = new Float64Array(elementCount(y!.shape));
  forEachWindow({ x: x!.shape, y: y!.shape }, attrs, ({ pixels, at }) => {
    out[at] = x!.data[largest(x!.data, pixels)]!;
  });
  return [out];
};

export const maxPoolIndices: Kernel<PoolAttrs> = ([x], attrs, [y]) => {
  const out = new Float64Array(elementCount(y!.shape));
  forEachWindow({ x: x!.shape, y: y!.shape }, attrs, ({ pixels, plane, at }) => {
    out[at] = largest(x!.data, pixels) - plane;
  });
  return [out];
};

export const maxPoolGradient: Kernel<PoolAttrs> = ([x, g], attrs) => {
  const out = new Float64Array(elementCount(x!.shape));
  forEachWindow({ x: x!.shape, y: g!.shape }, attrs, ({ pixels, at }) => {
    out[largest(x!.data, pixels)]! += g!.data[at]!;
  });
  return [out];
};

/** What a window's sum is divided by: its taps that fall into the image, or into image and padding. */
function divisor(size: Shape, attrs: AveragePoolAttrs, index: readonly number[]): number {
  let count = 0;
  forEachIndex(attrs.kernel, (tap) => {
    const counts = size.every((length, i) => {
      const at = index[i]! * attrs.strides[i]! + tap[i]! * attrs.dilations[i]! - attrs.pads[i]!;
      const [before, after] = attrs.countIncludePad
        ? [attrs.pads[i]!, attrs.pads[size.length + i]!]
        : [0, 0];
      return at >= -before && at < length + after;
    });
    if (counts) count++;
  });
  return count;
}

export const averagePool: Kernel<AveragePoolAttrs> = ([x], attrs, [y]) => {
  const out = new Float64Array(elementCount(y!.shape));
  const size = x!.shape.slice(2);
  forEachWindow({ x: x!.shape, y: y!.shape }, attrs, ({ pixels, index, at }) => {
    const sum = pixels.reduce((total, pixel) => total + x!.data[pixel]!, 0);
    out[at] = sum / divisor(size, attrs, index);
  });
  return [out];
};

export const averagePoolGradient: Kernel<AveragePoolGradientAttrs> = ([g], attrs, [x]) => {
  const out = new Float64Array(elementCount(x!.shape));
  forEachWindow({ x: x!.shape, y: g!.shape }, attrs, ({ pixels, index, at }) => {
    for (const pixel of pixels) out[pixel]! += g!.data[at]! / divisor(attrs.size, attrs, index);
  });
  return [out];
};

export const globalAveragePool: Kernel<unknown> = ([x], _attrs, [y]) => {
  const out = new Float64Array(elementCount(y!.shape));
  const pixels = elementCount(x!.shape.slice(2));
  x!.data.forEach((value, at) => {
    out[Math.floor(at / pixels)]! += value / pixels;
  });
  return [out];
};
