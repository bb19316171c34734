/** What the lowerings of the three convolution ops share: weight orders and the provider's blocked convolution. */

import type { Emitter, Target, Value } from "../graph/index.js";
import type { Shape } from "../tensor/index.js";
import type { WindowAttrs } from "./window.js";

/** The domain of the CPU provider's own blocked ops. */
export const NCHWC = "com.microsoft.nchwc";

export interface GroupedWindow extends WindowAttrs {
  readonly groups: number;
}

/**
 * Whether the provider's blocked convolution can read `inputs` channels and write `outputs`.
 * Fewer input channels than a block are read from the plain layout.
 */
export const isBlockable = (
  target: Target,
  { x, inputs, outputs }: { readonly x: Value; readonly inputs: number; readonly outputs: number },
): boolean => {
  const b = target.blockSize;
  return (
    b > 0 &&
    x.shape.length === 4 &&
    x.dtype === "float32" &&
    outputs % b === 0 &&
    (inputs % b === 0 || inputs < b)
  );
};

export interface BlockedConvolution {
  readonly x: Value;
  /** Name of the weight [O, I, kh, kw] in layout `weights`. */
  readonly weight: string;
  readonly kernel: Shape;
  readonly bias?: string;
  readonly window: WindowAttrs;
  readonly y: Value;
}

/** Writes y = conv(x, weight) in the blocked layout. */
export function emitBlockedConv(
  e: Emitter,
  { x, weight, kernel, bias, window, y }: BlockedConvolution,
): void {
  const image = e.use(x, x.shape[1]! < e.target.blockSize ? "plain" : "blocked");
  const { strides, pads, dilations } = window;
  const attrs = { kernel_shape: kernel, strides, pads, dilations, group: 1 };
  const inputs = [image, weight, ...(bias === undefined ? [] : [bias])];
  e.define(y, e.emit("Conv", inputs, { domain: NCHWC, attrs }), "blocked");
}

/** The weight [O, I, kh, kw] as the convolution back to the input reads it, in layout `weights`. */
export function flippedBlockedWeight(e: Emitter, weight: Value): string {
  const [o, i, kh, kw] = weight.shape as [number, number, number, number];
  const b = e.target.blockSize;
  const taps = kh * kw;
  const blocks = e.emit("Reshape", [e.use(weight, "weights"), e.ints([o / b, i / b, taps, b, b])]);
  const swapped = e.emit("Transpose", [blocks], { attrs: { perm: [1, 0, 2, 4, 3] } });
  const reversed = e.ints(Array.from({ length: taps }, (_, tap) => taps - 1 - tap));
  const flipped =
    taps === 1 ? swapped : e.emit("Gather", [swapped, reversed], { attrs: { axis: 2 } });
  return e.emit("Reshape", [flipped, e.ints([i, o, kh, kw])]);
}

/** The weight [O, I/g, k...] as the convolution back to the input reads it: [I, O/g, flipped k...]. */
export function flippedWeight(e: Emitter, weight: Value, groups: number): string {
  const [o, i, ...kernel] = weight.shape as [number, number, ...number[]];
  const axes = kernel.map((_, axis) => axis + 2);
  let swapped: string;
  if (groups === 1) {
    swapped = e.emit("Transpose", [e.use(weight)], { attrs: { perm: [1, 0, ...axes] } });
  } else {
    const split = e.emit("Reshape", [e.use(weight), e.ints([groups, o / groups, i, ...kernel])]);
    const perm = [0, 2, 1, ...axes.map((a) => a + 1)];
    const turned = e.emit("Transpose", [split], { attrs: { perm } });
    swapped = e.emit("Reshape", [turned, e.ints([groups * i, o / groups, ...kernel])]);
  }
  if (kernel.every((k) => k === 1)) return swapped;
  return e.emit("Slice", [
    swapped,
    e.ints(kernel.map(() => -1)),
    e.ints(kernel.map((k) => -k - 1)),
    e.ints(axes),
    e.ints(kernel.map(() => -1)),
  ]);
}
