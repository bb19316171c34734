/** What the lowerings of the three convolution ops share: weight orders and the provider's blocked convolution. */

import type { Emitter, Target, Value } from "../graph/index.js";
import { type HostTensor, type Shape, tensor } from "../tensor/index.js";
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

/**
 * The weight [O, I, kh, kw] in layout `weights` with input and output channels exchanged and only these taps, in this order:
 * one weight [I, O, ...kernel] for every list of taps.
 */
export function exchangedWeights(
  e: Emitter,
  weight: Value,
  parts: readonly { readonly taps: readonly number[]; readonly kernel: Shape }[],
): string[] {
  const [o, i, kh, kw] = weight.shape as [number, number, number, number];
  const b = e.target.blockSize;
  const tiles = (o / b) * (i / b) * kh * kw;
  const blocks = e.emit("Reshape", [e.use(weight, "weights"), e.ints([tiles, b, 1, b])]);
  // The runtime's reorder of images turns tiles of b by b several times faster than its transposition.
  const turned = e.emit("ReorderInput", [blocks], { domain: NCHWC });
  return parts.map(({ taps, kernel }) => {
    const all = kh * kw;
    const chosen = gatherRows(
      e,
      turned,
      [tiles, b * b],
      `tiles ${o / b} ${i / b} ${all}: ${taps}`,
      () => {
        const list: number[] = [];
        for (let inputs = 0; inputs < i / b; inputs++) {
          for (let outputs = 0; outputs < o / b; outputs++) {
            for (const tap of taps) list.push((outputs * (i / b) + inputs) * all + tap);
          }
        }
        return list;
      },
    );
    return e.emit("Reshape", [chosen, e.ints([i, o, ...kernel])]);
  });
}

const lists = new Map<string, HostTensor>();

/**
 * `name` read as rows, in the order of a list of row numbers: a permutation of large blocks, which the runtime runs on all
 * threads where its transposition runs on one. `key` says all that the list follows from.
 */
export function gatherRows(
  e: Emitter,
  name: string,
  shape: readonly [number, number],
  key: string,
  list: () => readonly number[],
): string {
  let index = lists.get(key);
  if (!index) {
    const numbers = list();
    index = tensor("int32", [numbers.length], numbers);
    // One object per geometry: the emitter stores large constants once by identity.
    lists.set(key, index);
  }
  const rows = e.emit("Reshape", [name, e.ints(shape)]);
  return e.emit("Gather", [rows, e.constant(index)], { attrs: { axis: 0 } });
}

/** The weight [O, I, kh, kw] as the convolution back to the input reads it, in layout `weights`. */
export function flippedBlockedWeight(e: Emitter, weight: Value): string {
  const kernel = weight.shape.slice(2);
  const all = kernel[0]! * kernel[1]!;
  const taps = Array.from({ length: all }, (_, tap) => all - 1 - tap);
  return exchangedWeights(e, weight, [{ taps, kernel }])[0]!;
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
