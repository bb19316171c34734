/** Kernels of the convolution ops: one enumeration of all products, summed into the operand that is wanted. */

import type { ConvTransposeAttrs } from "../ops/conv-transpose.js";
import type { ConvWeightGradientAttrs } from "../ops/conv-weight-gradient.js";
import { elementCount, type Shape } from "../tensor/index.js";
import { forEachIndex } from "./indexing.js";
import type { Kernel } from "./types.js";

type Window = Pick<ConvTransposeAttrs, "strides" | "pads" | "dilations" | "groups">;

/** Linear position of a pixel, or -1 outside the image. */
export function pixelAt(
  size: Shape,
  { strides, pads, dilations }: Omit<Window, "groups">,
  { window, tap }: { readonly window: readonly number[]; readonly tap: readonly number[] },
): number {
  let position = 0;
  for (let i = 0; i < size.length; i++) {
    const at = window[i]! * strides[i]! + tap[i]! * dilations[i]! - pads[i]!;
    if (at < 0 || at >= size[i]!) return -1;
    position = position * size[i]! + at;
  }
  return position;
}

/** Calls `visit` with the positions in image, weight and result of every product of y = conv(x, w). */
function forEachProduct(
  { x, w, y }: { readonly x: Shape; readonly w: Shape; readonly y: Shape },
  attrs: Window,
  visit: (xAt: number, wAt: number, yAt: number) => void,
): void {
  const [, channels, ...size] = x as [number, number, ...number[]];
  const [outer, inner, ...kernel] = w as [number, number, ...number[]];
  const pixels = elementCount(size);
  const outerPerGroup = outer / attrs.groups;
  forEachIndex(y, ([n, o, ...window], yAt) => {
    const firstChannel = Math.floor(o! / outerPerGroup) * inner;
    forEachIndex([inner, ...kernel], ([i, ...tap], wAt) => {
      const pixel = pixelAt(size, attrs, { window, tap });
      if (pixel < 0) return;
      const plane = n! * channels + firstChannel + i!;
      visit(plane * pixels + pixel, o! * inner * elementCount(kernel) + wAt, yAt);
    });
  });
}

/** A result that starts from the bias of its channel. */
function biased(shape: Shape, bias: Float64Array | undefined): Float64Array {
  const data = new Float64Array(elementCount(shape));
  if (bias) {
    forEachIndex(shape, (index, at) => {
      data[at] = bias[index[1]!]!;
    });
  }
  return data;
}

export const conv: Kernel<Window> = ([x, w, bias], attrs, [y]) => {
  const out = biased(y!.shape, bias?.data);
  forEachProduct({ x: x!.shape, w: w!.shape, y: y!.shape }, attrs, (xAt, wAt, yAt) => {
    out[yAt]! += x!.data[xAt]! * w!.data[wAt]!;
  });
  return [out];
};

export const convTranspose: Kernel<ConvTransposeAttrs> = ([y, w, bias], attrs, [x]) => {
  const out = biased(x!.shape, bias?.data);
  forEachProduct({ x: x!.shape, w: w!.shape, y: y!.shape }, attrs, (xAt, wAt, yAt) => {
    out[xAt]! += y!.data[yAt]! * w!.data[wAt]!;
  });
  return [out];
};

export const convWeightGradient: Kernel<ConvWeightGradientAttrs> = ([x, y], attrs, [w]) => {
  const out = new Float64Array(elementCount(w!.shape));
  forEachProduct({ x: x!.shape, w: w!.shape, y: y!.shape }, attrs, (xAt, wAt, yAt) => {
    out[wAt]! += x!.data[xAt]! * y!.data[yAt]!;
  });
  return [out];
};
