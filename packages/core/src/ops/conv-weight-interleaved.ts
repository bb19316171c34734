/**
 * The weight gradient as a blocked convolution whose kernel is the gradient, images as channels, like `images-as-channels`,
 * but with the channels of a block side by side in its rows: [C/b, N/b, rows, columns * b, b of N].
 *
 * A step of one column is then a dilation of b, and the kernel of W columns fits at 3 b places instead of 3: for every tap
 * column and channel. The provider's kernel keeps up to six results in registers for every value of the gradient that it
 * loads, so that a result three wide leaves half of it idle.
 */

import type { Emitter, Node, Target, Value } from "../graph/index.js";
import { elementCount, tensor } from "../tensor/index.js";
import { gatherRows, NCHWC } from "./conv-emit.js";
import {
  type Geometry,
  geometry,
  imagesAsChannels,
  reshape,
  transpose,
} from "./conv-weight-blocked.js";
import type { ConvWeightGradientAttrs } from "./conv-weight-gradient.js";
import { isAll } from "./window.js";

type GradientNode = Node<ConvWeightGradientAttrs>;

/** The kernel is read once for every six results: this many positions of it stay in the second-level cache. */
const KERNEL_POSITIONS = 256;

/** The rows of a map are cut into `count` kernels of `height` rows, each of which reads `span` rows of the image. */
interface Strips {
  readonly count: number;
  readonly height: number;
  readonly span: number;
}

function stripsOf({ positions, kernel, size }: Geometry, stride: number): Strips {
  const [rows, columns] = positions;
  let count = 1;
  while (rows % (2 * count) === 0 && (rows / count) * columns > KERNEL_POSITIONS) count *= 2;
  const height = rows / count;
  return { count, height, span: count === 1 ? size[0] : (height - 1) * stride + kernel[0] };
}

export const isInterleaved = (node: GradientNode, target: Target): boolean =>
  imagesAsChannels(node, target) && !isAll(node.attrs.kernel, 1);

/** Row numbers of [N/b, C/b, tall] in the order [C/b, strips, N/b, span]: strips overlap. */
function imageRows(
  [images, channels, tall]: readonly [number, number, number],
  { count, height, span }: Strips,
  stride: number,
): number[] {
  const list: number[] = [];
  for (let c = 0; c < channels; c++) {
    for (let strip = 0; strip < count; strip++) {
      const first = strip * height * stride;
      for (let n = 0; n < images; n++) {
        for (let row = 0; row < span; row++) list.push((n * channels + c) * tall + first + row);
      }
    }
  }
  return list;
}

/** Row numbers of [N, O/b, strips, positions] in the order [O/b, strips, N/b, positions, b of N]. */
function gradientRows(
  images: number,
  channels: number,
  strips: number,
  positions: number,
  b: number,
): number[] {
  const list: number[] = [];
  for (let o = 0; o < channels; o++) {
    for (let strip = 0; strip < strips; strip++) {
      for (let block = 0; block < images; block += b) {
        for (let position = 0; position < positions; position++) {
          for (let n = block; n < block + b; n++) {
            list.push(((n * channels + o) * strips + strip) * positions + position);
          }
        }
      }
    }
  }
  return list;
}

/** Zeros around a blocked image. A depthwise convolution with ones runs on all threads; Pad does not. */
function emitPadded(e: Emitter, x: Value, pads: readonly number[]): string {
  const image = e.use(x, "blocked");
  if (isAll(pads, 0)) return image;
  const channels = x.shape[1]!;
  const attrs = {
    kernel_shape: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    pads,
    group: channels,
  };
  const ones = e.constant(
    tensor("float32", [channels, 1, 1, 1], new Float32Array(channels).fill(1)),
  );
  return e.emit("Conv", [image, ones], { domain: NCHWC, attrs });
}

/** The image as [C/b, strips * N, span, columns * b], blocked; and the padding of its rows that is left to do. */
function emitImage(
  e: Emitter,
  x: Value,
  shape: Geometry,
  strips: Strips,
  stride: number,
): { image: string; above: number; below: number } {
  const { n, c, size, pads } = shape;
  const b = e.target.blockSize;
  const [top, left, bottom, right] = pads;
  const whole = strips.count === 1;
  const [above, below] = whole ? [0, 0] : [top, bottom];
  const tall = size[0] + above + below;
  const wide = size[1] + left + right;
  const padded = emitPadded(e, x, [above, left, below, right]);
  // With images as channels, what is a pixel to the reorder is a channel of a pixel.
  const pixels = reshape(e, padded, [1, n, (c / b) * tall, wide * b]);
  const blocks = e.emit("ReorderInput", [pixels], { domain: NCHWC });
  const planes = [n / b, c / b, tall] as const;
  const turned = gatherRows(
    e,
    blocks,
    [elementCount(planes), wide * b * b],
    `image ${planes} ${Object.values(strips)} ${stride}`,
    () => imageRows(planes, strips, stride),
  );
  const image = reshape(e, turned, [c / b, strips.count * n, strips.span, wide * b]);
  return { image, above: top - above, below: bottom - below };
}

export function emitInterleaved(node: GradientNode, e: Emitter): void {
  const [x, g] = node.inputs as [Value, Value];
  const y = node.outputs[0]!;
  const shape = geometry(node);
  const { n, c, o, positions, kernel } = shape;
  const b = e.target.blockSize;
  const { strides } = node.attrs;
  const strips = stripsOf(shape, strides[0]!);
  const { count, height } = strips;
  const { image, above, below } = emitImage(e, x, shape, strips, strides[0]!);
  const each = height * positions[1];
  const turned = gatherRows(
    e,
    e.use(g, "blocked"),
    [(n * o * count * each) / b, b],
    `gradient ${n} ${o / b} ${count} ${each} ${b}`,
    () => gradientRows(n, o / b, count, each, b),
  );
  const kernel_shape = [height, positions[1]];
  const attrs = {
    kernel_shape,
    strides: [1, 1],
    dilations: [strides[0]!, strides[1]! * b],
    pads: [above, 0, below, 0],
    group: 1,
  };
  const filters = reshape(e, turned, [o, count * n, ...kernel_shape]);
  const sums = e.emit("Conv", [image, filters], { domain: NCHWC, attrs });
  // [C/b, O/b, taps, b of C, b of O]: a weight but for the order of its blocks.
  const tiles = reshape(e, sums, [c / b, o / b, kernel[0] * kernel[1] * b * b]);
  e.define(y, reshape(e, transpose(e, tiles, [1, 0, 2]), y.shape), "weights");
}
