/** ConvWeightGradient: the gradient of convolution with respect to its weight. */

import { UserError } from "../base/index.js";
import { createNode, type Emitter, type Node, type Value } from "../graph/index.js";
import {
  elementCount,
  formatShape,
  type HostTensor,
  type Shape,
  sameShape,
  tensor,
  zeros,
} from "../tensor/index.js";
import { isDepthwise } from "./conv.js";
import type { GroupedWindow } from "./conv-emit.js";
import {
  emitImagesAsChannels,
  emitImagesAsGroups,
  emitPointwise,
  imagesAsChannels,
  imagesAsGroups,
  isPointwise,
} from "./conv-weight-blocked.js";
import { emitInterleaved, isInterleaved } from "./conv-weight-interleaved.js";
import { floats, type OpDef, requireSameType, traffic } from "./op.js";
import { isAll, requireImage, tapsOnImage, windowPositions } from "./window.js";

export interface ConvWeightGradientAttrs extends GroupedWindow {
  readonly kernel: Shape;
}

type GradientNode = Node<ConvWeightGradientAttrs>;

/**
 * A convolution over the batch: channels take the place of the batch, the gradient that of the
 * weight, strides and dilations change places. What the last, incomplete stride adds is cut off.
 */
function emitSwapped(node: GradientNode, e: Emitter): void {
  const [x, g] = node.inputs as [Value, Value];
  const y = node.outputs[0]!;
  const { strides, pads, dilations, groups, kernel } = node.attrs;
  const [n, c, ...size] = x.shape as [number, number, ...number[]];
  const positions = g.shape.slice(2);
  if (elementCount(x.shape) === 0 || elementCount(g.shape) === 0) {
    e.define(y, e.constant(zeros(y.dtype, y.shape)));
    return;
  }
  const axes = size.map((_, i) => i + 2);
  const swap = { attrs: { perm: [1, 0, ...axes] } };
  let images: string;
  if (groups === 1) {
    images = e.emit("Transpose", [e.use(x)], swap);
  } else {
    const split = e.emit("Reshape", [e.use(x), e.ints([n, groups, c / groups, ...size])]);
    const perm = [2, 1, 0, ...axes.map((a) => a + 1)];
    const turned = e.emit("Transpose", [split], { attrs: { perm } });
    images = e.emit("Reshape", [turned, e.ints([c / groups, groups * n, ...size])]);
  }
  const filters = e.emit("Transpose", [e.use(g)], swap);
  const sums = e.emit("Conv", [images, filters], {
    attrs: { kernel_shape: positions, strides: dilations, dilations: strides, pads, group: groups },
  });
  const all = windowPositions(size, positions, { strides: dilations, dilations: strides, pads });
  const cut = sameShape(all, kernel)
    ? sums
    : e.emit("Slice", [sums, e.ints(kernel.map(() => 0)), e.ints(kernel), e.ints(axes)]);
  e.define(y, e.emit("Transpose", [cut], swap));
}

const indices = new Map<string, HostTensor>();

/** For every window position and kernel tap the pixel it reads; H*W stands for the padding. */
function columnIndices(size: Shape, { kernel, strides, pads, dilations }: ConvWeightGradientAttrs) {
  const key = [size, kernel, strides, pads, dilations].join(" ");
  const known = indices.get(key);
  // One object per geometry: the emitter stores large constants once by identity.
  if (known) return known;
  const [h, w] = size as [number, number];
  const [ho, wo] = windowPositions(size, kernel, { strides, pads, dilations }) as [number, number];
  const [kh, kw] = kernel as [number, number];
  const list = new Int32Array(ho * wo * kh * kw);
  let next = 0;
  for (let position = 0; position < ho * wo; position++) {
    const top = Math.floor(position / wo) * strides[0]! - pads[0]!;
    const left = (position % wo) * strides[1]! - pads[1]!;
    for (let tap = 0; tap < kh * kw; tap++) {
      const row = top + Math.floor(tap / kw) * dilations[0]!;
      const column = left + (tap % kw) * dilations[1]!;
      const inside = row >= 0 && row < h && column >= 0 && column < w;
      list[next++] = inside ? row * w + column : h * w;
    }
  }
  const made = tensor("int32", [ho * wo, kh * kw], list);
  indices.set(key, made);
  return made;
}

/** [N * positions, taps * C]: what every window sees, a row each. */
function emitColumns(node: GradientNode, e: Emitter): string {
  const x = node.inputs[0]!;
  const { kernel, strides, pads } = node.attrs;
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const rows = e.use(x, "rows");
  if (isAll(kernel, 1) && isAll(strides, 1) && isAll(pads, 0)) return rows;
  let pixels = e.emit("Reshape", [rows, e.ints([n, h * w, c])]);
  // One more row, of zeros, for what lies in the padding.
  if (!isAll(pads, 0)) pixels = e.emit("Pad", [pixels, e.ints([0, 0, 0, 0, 1, 0])]);
  const index = columnIndices([h, w], node.attrs);
  const seen = e.emit("Gather", [pixels, e.constant(index)], { attrs: { axis: 1 } });
  const [positions, taps] = index.shape as [number, number];
  return e.emit("Reshape", [seen, e.ints([n * positions, taps * c])]);
}

/** One matrix product of the gradient's rows with the columns, in `parts` batches that are then summed. */
function emitColumnProduct(node: GradientNode, e: Emitter, parts: number): void {
  const y = node.outputs[0]!;
  const g = node.inputs[1]!;
  const [o, c, kh, kw] = y.shape as [number, number, number, number];
  const columns = emitColumns(node, e);
  const rows = e.use(g, "rows");
  const count = elementCount(g.shape) / o;
  let product: string;
  if (parts === 1) {
    product = e.emit("Gemm", [rows, columns], { attrs: { transA: 1 } });
  } else {
    const batched = (name: string, width: number) =>
      e.emit("Reshape", [name, e.ints([parts, count / parts, width])]);
    // The runtime folds the transposition into the product.
    const left = e.emit("Transpose", [batched(rows, o)], { attrs: { perm: [0, 2, 1] } });
    const each = e.emit("MatMul", [left, batched(columns, kh * kw * c)]);
    product = e.emit("ReduceSum", [each, e.ints([0])], { attrs: { keepdims: 0 } });
  }
  const taps = e.emit("Reshape", [product, e.ints([o, kh * kw, c])]);
  const swapped =
    kh * kw === 1 ? taps : e.emit("Transpose", [taps], { attrs: { perm: [0, 2, 1] } });
  e.define(y, e.emit("Reshape", [swapped, e.ints(y.shape)]));
}

const isColumnar = (node: GradientNode): boolean =>
  node.attrs.groups === 1 &&
  node.attrs.kernel.length === 2 &&
  node.inputs.every((v) => elementCount(v.shape) > 0);

/** Products of long, thin matrices use more cores when they are cut. */
const PARTS = 4;

export const convWeightGradientOp: OpDef<ConvWeightGradientAttrs> = {
  kind: "ConvWeightGradient",
  infer([x, g], attrs) {
    const dtype = requireSameType([x!, g!], floats);
    requireImage(x!.shape, "an image");
    const { groups, kernel } = attrs;
    const [n, c, ...size] = x!.shape as [number, number, ...number[]];
    const [gn, o, ...positions] = g!.shape as [number, number, ...number[]];
    const expected = windowPositions(size, kernel, attrs);
    if (n !== gn || !sameShape(positions, expected) || c % groups !== 0 || o % groups !== 0) {
      throw new UserError(
        "E_SHAPE",
        `a gradient of shape ${formatShape(g!.shape)} for an image of ${formatShape(x!.shape)} in ${groups} groups`,
        { allowed: `[${n}, a multiple of ${groups}, ${expected.join(", ")}]` },
      );
    }
    return [{ dtype, shape: [o, c / groups, ...kernel] }];
  },
  gradient: {
    // Bilinear, and closed under differentiation: each operand's gradient is one of the three ops.
    rule({ node, inputs, grads, needs }, f) {
      const [x, g] = inputs as [Value, Value];
      const v = grads[0]!;
      const { attrs } = node;
      const size = x.shape.slice(2);
      return [
        needs[0] ? f.convInputGradient(g, v, { ...attrs, size }) : undefined,
        needs[1] ? f.conv(x, v, attrs) : undefined,
      ];
    },
  },
  work(node) {
    const { attrs, outputs } = node;
    const [x, g] = node.inputs as [Value, Value];
    const [, channels, ...kernel] = outputs[0]!.shape as [number, number, ...number[]];
    const [n, o, ...positions] = g.shape as [number, number, ...number[]];
    const taps = tapsOnImage(x.shape.slice(2), { kernel, positions, window: attrs });
    return {
      macs: elementCount(g.shape) * elementCount(outputs[0]!.shape.slice(1)),
      validMacs: n * o * channels * taps,
      channelwise: isDepthwise(outputs[0]!, attrs.groups),
      otherOps: 0,
      ...traffic(node as never),
    };
  },
  lowerings: [
    { name: "swapped", emit: emitSwapped },
    { name: "columns", applies: isColumnar, emit: (node, e) => emitColumnProduct(node, e, 1) },
    {
      name: "columns-split",
      applies: (node) =>
        isColumnar(node) &&
        (elementCount(node.inputs[1]!.shape) / node.inputs[1]!.shape[1]!) % PARTS === 0,
      emit: (node, e) => emitColumnProduct(node, e, PARTS),
    },
    {
      name: "images-as-groups",
      makes: "weights",
      applies: imagesAsGroups,
      emit: emitImagesAsGroups,
    },
    {
      name: "images-as-channels",
      makes: "weights",
      applies: imagesAsChannels,
      emit: emitImagesAsChannels,
    },
    { name: "interleaved", makes: "weights", applies: isInterleaved, emit: emitInterleaved },
    { name: "pointwise", applies: isPointwise, emit: emitPointwise },
  ],
};

/**
 * The gradient of conv(x, w) with respect to w, whose spatial size is `kernel`, from that of its result.
 *
 * @example
 * const weight = input("w", [16, 3, 3, 3]);
 * const y = conv(input("x", [8, 3, 32, 32]), weight, { pads: 1 });
 * gradients(reduceSum(y), [weight])[0]!.node.op.kind // "ConvWeightGradient"
 */
export const convWeightGradient = (x: Value, g: Value, attrs: ConvWeightGradientAttrs): Value => {
  const { strides, pads, dilations, groups, kernel } = attrs;
  return createNode(convWeightGradientOp, [x, g], { strides, pads, dilations, groups, kernel })[0]!;
};
