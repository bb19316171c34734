/**
 * The weight gradient of convolutions in the blocked layout: convolutions again, with the gradient as their kernel.
 *
 * dW[o, i, ky, kx] = sum over n, y, x of X[n, i, y s + ky - p, x s + kx - p] * G[n, o, y, x]. Read with channels i as
 * the batch, that is a convolution whose kernel is G, of the size of the whole map and with dilation s. Two forms:
 * images as channels (summed inside the convolution), or images as groups (summed afterwards), where G is the kernel as
 * it lies in memory.
 */

import type { Emitter, Node, Target, Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import { NCHWC } from "./conv-emit.js";
import type { ConvWeightGradientAttrs } from "./conv-weight-gradient.js";
import { hasBlockedForm } from "./depthwise.js";
import { isAll, kernelSpan } from "./window.js";

type GradientNode = Node<ConvWeightGradientAttrs>;

export interface Geometry {
  readonly n: number;
  readonly c: number;
  readonly o: number;
  readonly size: readonly [number, number];
  readonly positions: readonly [number, number];
  readonly kernel: readonly [number, number];
  /** [top, left, bottom, right]; at the end as much as the last window really reads. */
  readonly pads: readonly [number, number, number, number];
}

export function geometry({ inputs, attrs }: GradientNode): Geometry {
  const [x, g] = inputs as [Value, Value];
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [, o, ho, wo] = g.shape as [number, number, number, number];
  const [kh, kw] = attrs.kernel as [number, number];
  const [top, left] = attrs.pads as [number, number];
  const reach = (positions: number, stride: number, kernel: number) =>
    kernelSpan(positions, stride) - 1 + kernel;
  const bottom = reach(ho, attrs.strides[0]!, kh) - h - top;
  const right = reach(wo, attrs.strides[1]!, kw) - w - left;
  return {
    n,
    c,
    o,
    size: [h, w],
    positions: [ho, wo],
    kernel: [kh, kw],
    pads: [top, left, bottom, right],
  };
}

const isDense = ({ inputs, attrs }: GradientNode, target: Target): boolean =>
  attrs.groups === 1 &&
  attrs.kernel.length === 2 &&
  isAll(attrs.dilations, 1) &&
  hasBlockedForm(inputs[1]!, target) &&
  elementCount(inputs[0]!.shape) > 0;

/** Whether the image is blocked, or a first layer's with too few channels for it. */
const readsImage = (node: GradientNode, target: Target): boolean =>
  hasBlockedForm(node.inputs[0]!, target) || node.inputs[0]!.shape[1]! < target.blockSize;

const coversImage = (node: GradientNode): boolean => geometry(node).pads.every((p) => p >= 0);

export const imagesAsGroups = (node: GradientNode, target: Target): boolean =>
  isDense(node, target) && readsImage(node, target) && coversImage(node);

export const imagesAsChannels = (node: GradientNode, target: Target): boolean =>
  isDense(node, target) &&
  hasBlockedForm(node.inputs[0]!, target) &&
  coversImage(node) &&
  node.inputs[0]!.shape[0]! % target.blockSize === 0;

export const reshape = (e: Emitter, name: string, shape: readonly number[]) =>
  e.emit("Reshape", [name, e.ints(shape)]);
export const transpose = (e: Emitter, name: string, perm: readonly number[]) =>
  e.emit("Transpose", [name], { attrs: { perm } });

/** The image as [C, N, H, W], padded to the left and right: the kernel spans whole rows, which padding would slow down. */
function emitTurnedImage(
  e: Emitter,
  x: Value,
  { pads, size, n, c }: Geometry,
): { name: string; width: number } {
  const [, left, , right] = pads;
  const width = size[1] + left + right;
  const padded = (name: string) =>
    left + right === 0 ? name : e.emit("Pad", [name, e.ints([0, 0, 0, left, 0, 0, 0, right])]);
  const b = e.target.blockSize;
  if (c % b !== 0) return { name: padded(transpose(e, e.use(x), [1, 0, 2, 3])), width };
  if (size[0] >= 32 || left + right === 0) {
    // Large planes: the pad is cheaper on the plain image.
    return { name: padded(transpose(e, e.use(x), [1, 0, 2, 3])), width };
  }
  const rows = reshape(e, e.use(x, "blocked"), [(n * c * size[0]) / b, size[1], b]);
  const wide = reshape(e, e.emit("Pad", [rows, e.ints([0, left, 0, 0, right, 0])]), [
    n,
    c,
    size[0],
    width,
  ]);
  const plain = e.emit("ReorderOutput", [wide], { domain: NCHWC, attrs: { channels: c } });
  return { name: transpose(e, plain, [1, 0, 2, 3]), width };
}

const convolution = (node: GradientNode, { positions, pads }: Geometry, group: number) => ({
  kernel_shape: positions,
  strides: [1, 1],
  dilations: node.attrs.strides,
  pads: [pads[0], 0, pads[2], 0],
  group,
});

/** Defines the result from [C, O/b, taps, b of O]. */
function defineWeight(
  e: Emitter,
  node: GradientNode,
  name: string,
  { c, o, kernel }: Geometry,
): void {
  const b = e.target.blockSize;
  const taps = kernel[0] * kernel[1];
  const y = node.outputs[0]!;
  const packed =
    c % b === 0
      ? transpose(e, reshape(e, name, [c / b, b, o / b, taps, b]), [2, 0, 3, 1, 4])
      : transpose(e, reshape(e, name, [c, o / b, taps, b]), [1, 0, 2, 3]);
  e.define(y, reshape(e, packed, y.shape), "weights");
}

/** One group an image: its gradient is the kernel as it lies in memory. */
export function emitImagesAsGroups(node: GradientNode, e: Emitter): void {
  const [x, g] = node.inputs as [Value, Value];
  const shape = geometry(node);
  const { n, c, o, kernel, positions } = shape;
  const image = emitTurnedImage(e, x, shape);
  const filters = reshape(e, e.use(g, "blocked"), [n * o, 1, ...positions]);
  const attrs = convolution(node, shape, n);
  const each = e.emit("Conv", [image.name, filters], { domain: NCHWC, attrs });
  const flat = reshape(e, each, [c, n, o * kernel[0] * kernel[1]]);
  const sum = e.emit("ReduceSum", [flat, e.ints([1])], { attrs: { keepdims: 0 } });
  defineWeight(e, node, sum, shape);
}

/** Images as input channels: the convolution itself sums over them. */
export function emitImagesAsChannels(node: GradientNode, e: Emitter): void {
  const [x, g] = node.inputs as [Value, Value];
  const shape = geometry(node);
  const { n, o, positions } = shape;
  const b = e.target.blockSize;
  const image = emitTurnedImage(e, x, shape);
  const blocked = e.emit("ReorderInput", [image.name], { domain: NCHWC });
  const blocks = reshape(e, e.use(g, "blocked"), [n / b, b, o / b, positions[0] * positions[1], b]);
  const filters = reshape(e, transpose(e, blocks, [2, 0, 3, 1, 4]), [o, n, ...positions]);
  const attrs = convolution(node, shape, 1);
  defineWeight(e, node, e.emit("Conv", [blocked, filters], { domain: NCHWC, attrs }), shape);
}

export const isPointwise = (node: GradientNode, target: Target): boolean =>
  isDense(node, target) &&
  hasBlockedForm(node.inputs[0]!, target) &&
  isAll(node.attrs.kernel, 1) &&
  isAll(node.attrs.pads, 0);

/** A 1x1 kernel: a product of the rows that the stride leaves. */
export function emitPointwise(node: GradientNode, e: Emitter): void {
  const [x, g] = node.inputs as [Value, Value];
  const { n, c, o, positions } = geometry(node);
  const { strides } = node.attrs;
  const rows = n * positions[0] * positions[1];
  const attrs = { kernel_shape: [1, 1], strides, pads: [0, 0, 0, 0] };
  const kept = isAll(strides, 1)
    ? e.use(x, "blocked")
    : e.emit("AveragePool", [e.use(x, "blocked")], { domain: NCHWC, attrs });
  const asRows = (name: string, channels: number) =>
    reshape(
      e,
      e.emit("ReorderOutput", [name], { domain: NCHWC, attrs: { channels, channels_last: 1 } }),
      [rows, channels],
    );
  const right = asRows(kept, c);
  const left = isAll(strides, 1) ? e.use(g, "rows") : asRows(e.use(g, "blocked"), o);
  const product = e.emit("Gemm", [left, right], { attrs: { transA: 1 } });
  e.define(node.outputs[0]!, reshape(e, product, node.outputs[0]!.shape));
}
