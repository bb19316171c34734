/**
 * Per-channel passes over blocked images, written as the CPU provider's depthwise convolution with a 1x1 kernel: scale,
 * shift, sum and activation in one parallel pass, where elementwise ops would take one pass each.
 */

import type { Emitter, Node, Target, Value } from "../graph/index.js";
import { elementCount, tensor } from "../tensor/index.js";
import { NCHWC } from "./conv-emit.js";

/** Whether images of this shape can be passed over in the blocked layout. */
export function hasBlockedForm(x: Value, target: Target): boolean {
  const [, channels] = x.shape;
  return (
    target.blockSize > 0 &&
    x.shape.length === 4 &&
    x.dtype === "float32" &&
    channels! % target.blockSize === 0 &&
    elementCount(x.shape) > 0
  );
}

/** For lowerings of ops whose first input is the image. */
export const firstInputIsBlockable = (node: Node, target: Target): boolean =>
  hasBlockedForm(node.inputs[0]!, target);

const view = (e: Emitter, name: string, shape: readonly number[]): string =>
  e.emit("Reshape", [name, e.ints(shape)]);

const pointwise = { kernel_shape: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };

export interface DepthwisePass {
  /** Names of [C] vectors. */
  readonly scale: string;
  readonly shift?: string;
  /** An image of the same shape in the blocked layout, added before the activation. */
  readonly sum?: string;
  readonly activation?:
    | { readonly name: "Relu" }
    | { readonly name: "Clip"; readonly params: readonly [number, number] };
}

/** activation(image * scale + shift + sum) for an image like `like`, all in the blocked layout. */
export function emitDepthwise(e: Emitter, image: string, like: Value, pass: DepthwisePass): string {
  const [n, c, h, w] = like.shape as [number, number, number, number];
  // One long row a channel: the kernel works row by row.
  const flat = [n, c, 1, h * w];
  const { scale, shift = "", sum, activation } = pass;
  const inputs = [view(e, image, flat), view(e, scale, [c, 1, 1, 1]), shift];
  if (sum !== undefined) inputs.push(view(e, sum, flat));
  else if (!shift) inputs.pop();
  const attrs = {
    ...pointwise,
    group: c,
    ...(activation ? { activation: activation.name } : {}),
    ...(activation?.name === "Clip" ? { activation_params: { floats: activation.params } } : {}),
  };
  return e.view(e.emit("Conv", inputs, { domain: NCHWC, attrs }), flat, like.shape);
}

/** [C]: sums of a blocked image over the batch and all pixels, `perImage` holding the share of each image as [N, C]. */
function sumImages(e: Emitter, perImage: string, like: Value, factor: number): string {
  const [n, c] = like.shape as [number, number];
  const row = tensor(like.dtype, [1, n], new Array<number>(n).fill(factor));
  return view(e, e.emit("MatMul", [e.constant(row), view(e, perImage, [n, c])]), [c]);
}

/** [C]: sum of a blocked image over the batch and all pixels. */
export function emitBlockedSum(e: Emitter, image: string, like: Value): string {
  const [, , h, w] = like.shape as [number, number, number, number];
  return sumImages(e, e.emit("GlobalAveragePool", [image], { domain: NCHWC }), like, h * w);
}

/** [C]: sum of the product of two blocked images: a depthwise convolution with the other image as its kernel. */
export function emitBlockedDot(e: Emitter, [a, b]: readonly [string, string], like: Value): string {
  const [n, c, h, w] = like.shape as [number, number, number, number];
  const attrs = {
    ...pointwise,
    kernel_shape: [1, h * w],
    group: n * c,
  };
  const inputs = [view(e, a, [1, n * c, 1, h * w]), view(e, b, [n * c, 1, 1, h * w])];
  return sumImages(e, e.emit("Conv", inputs, { domain: NCHWC, attrs }), like, 1);
}
