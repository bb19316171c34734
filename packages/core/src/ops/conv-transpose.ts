/**
 * ConvTranspose: the adjoint of convolution in its input. It is the layer of that name and also the
 * gradient of Conv with respect to its input: the two are one operation.
 */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { elementCount, formatShape, type Shape, sameShape } from "../tensor/index.js";
import { biasLinks, linked } from "./channel-flow.js";
import { type ConvOptions, isDepthwise, requireBias, requireConvolution } from "./conv.js";
import {
  emitBlockedConv,
  flippedBlockedWeight,
  flippedWeight,
  type GroupedWindow,
  isBlockable,
} from "./conv-emit.js";
import {
  emitFourPhases,
  emitSparsePointwise,
  hasFourPhases,
  isSparsePointwise,
} from "./conv-transpose-blocked.js";
import { floats, type OpDef, requireSameType, traffic } from "./op.js";
import {
  isAll,
  kernelSpan,
  onnxWindow,
  type PerAxis,
  perAxis,
  tapsOnImage,
  windowAttrs,
  windowPositions,
} from "./window.js";

export interface ConvTransposeAttrs extends GroupedWindow {
  /** Spatial size of the result: several sizes lead to the same input when the stride is above 1. */
  readonly size: Shape;
}

export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns added at the end, below the stride. Default 0. */
  readonly outputPadding?: PerAxis;
}

/** Padding of the stride-1 convolution that does the same with flipped weights. */
function flippedPads(node: Node<ConvTransposeAttrs>): number[] {
  const { pads, dilations } = node.attrs;
  const kernel = node.inputs[1]!.shape.slice(2);
  return pads.map((p, side) => {
    const axis = side % kernel.length;
    return kernelSpan(kernel[axis]!, dilations[axis]!) - 1 - p;
  });
}

const isFlippable = (node: Node<ConvTransposeAttrs>): boolean =>
  isAll(node.attrs.strides, 1) && flippedPads(node).every((p) => p >= 0);

export const convTransposeOp: OpDef<ConvTransposeAttrs> = {
  kind: "ConvTranspose",
  layer: () => "conv",
  infer(inputs, attrs) {
    const [x, w, bias] = inputs;
    const dtype = requireSameType(inputs, floats);
    const [n, c, ...positions] = x!.shape;
    const [o, i, ...kernel] = w!.shape;
    requireConvolution(x!, w!, { groups: attrs.groups, outer: o ?? 0 });
    if (c !== o) {
      throw new UserError(
        "E_SHAPE",
        `${c} channels into a transposed weight of shape ${formatShape(w!.shape)}`,
        { allowed: `an image of ${o} channels` },
      );
    }
    const expected = windowPositions(attrs.size, kernel, attrs);
    if (!sameShape(expected, positions)) {
      throw new UserError(
        "E_SHAPE",
        `a result of ${formatShape(attrs.size)} from an image of ${formatShape(positions)}`,
        { allowed: `an image of ${formatShape(expected)}` },
      );
    }
    requireBias(bias, i! * attrs.groups);
    return [{ dtype, shape: [n!, i! * attrs.groups, ...attrs.size] }];
  },
  gradient: {
    rule({ node, inputs, grads, needs }, f) {
      const [x, w] = inputs as [Value, Value];
      const g = grads[0]!;
      const { attrs } = node;
      return [
        needs[0] ? f.conv(g, w, attrs) : undefined,
        // The roles of image and gradient are exchanged.
        needs[1] ? f.convWeightGradient(g, x, { ...attrs, kernel: w.shape.slice(2) }) : undefined,
        needs[2] ? f.channelSum(g) : undefined,
      ];
    },
  },
  channels({ inputs, outputs, attrs: { groups } }) {
    const [x, w, bias] = inputs as [Value, Value, Value | undefined];
    const y = outputs[0]!;
    const batch = linked([x, 0], [y, 0]);
    const made = [{ value: w, axis: 1 }];
    if (groups > 1) return { links: [batch], made, reason: `${groups} groups of channels` };
    return {
      links: [batch, linked([w, 1], [y, 1]), linked([x, 1], [w, 0]), ...biasLinks(bias, y, 1)],
      contracted: [
        { value: x, axis: 1 },
        { value: w, axis: 0 },
      ],
      made,
      zeroWhen: [[1], ...(bias ? [[2]] : [])],
    };
  },
  work(node) {
    const [x, w, bias] = node.inputs;
    const [n, c, ...positions] = x!.shape as [number, number, ...number[]];
    const [, o, ...kernel] = w!.shape as [number, number, ...number[]];
    const { attrs } = node;
    return {
      macs: elementCount(x!.shape) * elementCount(w!.shape.slice(1)),
      // The pairs of the convolution that it transposes.
      validMacs: n * c * o * tapsOnImage(attrs.size, { kernel, positions, window: attrs }),
      channelwise: isDepthwise(w!, attrs.groups),
      otherOps: bias ? elementCount(node.outputs[0]!.shape) : 0,
      ...traffic(node as never),
    };
  },
  lowerings: [
    {
      name: "transposed",
      emit(node, e) {
        const { strides, pads, dilations, groups, size } = node.attrs;
        const kernel = node.inputs[1]!.shape.slice(2);
        const positions = node.inputs[0]!.shape.slice(2);
        const output_padding = size.map(
          (length, i) =>
            length +
            pads[i]! +
            pads[size.length + i]! -
            kernelSpan(kernel[i]!, dilations[i]!) -
            (positions[i]! - 1) * strides[i]!,
        );
        const names = node.inputs.map((v) => e.use(v));
        const attrs = { ...onnxWindow(node.attrs, kernel), group: groups, output_padding };
        e.define(node.outputs[0]!, e.emit("ConvTranspose", names, { attrs }));
      },
    },
    {
      name: "flipped",
      applies: isFlippable,
      emit(node, e) {
        const [x, w, bias] = node.inputs as [Value, Value, Value | undefined];
        const { groups } = node.attrs;
        const attrs = {
          ...onnxWindow({ ...node.attrs, pads: flippedPads(node) }, w.shape.slice(2)),
          group: groups,
        };
        const names = [e.use(x), flippedWeight(e, w, groups), ...(bias ? [e.use(bias)] : [])];
        e.define(node.outputs[0]!, e.emit("Conv", names, { attrs }));
      },
    },
    {
      name: "blocked",
      makes: "blocked",
      applies(node, target) {
        const [x, w] = node.inputs as [Value, Value];
        const [inputs, outputs] = w.shape as [number, number];
        return (
          node.attrs.groups === 1 &&
          inputs % target.blockSize === 0 &&
          isFlippable(node) &&
          isBlockable(target, { x, inputs, outputs })
        );
      },
      prefers: () => [undefined, "weights"],
      emit(node, e) {
        const [x, w, bias] = node.inputs as [Value, Value, Value | undefined];
        emitBlockedConv(e, {
          x,
          weight: flippedBlockedWeight(e, w),
          kernel: w.shape.slice(2),
          ...(bias ? { bias: e.use(bias) } : {}),
          window: { ...node.attrs, pads: flippedPads(node) },
          y: node.outputs[0]!,
        });
      },
    },
    {
      name: "four-phases",
      makes: "blocked",
      applies: hasFourPhases,
      prefers: () => [undefined, "weights"],
      emit: emitFourPhases,
    },
    {
      name: "sparse-pointwise",
      makes: "blocked",
      applies: isSparsePointwise,
      prefers: () => [undefined, "weights"],
      emit: emitSparsePointwise,
    },
  ],
};

/**
 * Transposed convolution of x [N, C, H, W] or [N, C, L] with w [C, O/groups, kernel...].
 *
 * Result size: (size - 1) * stride - padding + span of the kernel + outputPadding.
 *
 * @example
 * convTranspose(input("x", [8, 16, 4, 4]), input("w", [16, 3, 2, 2]), { strides: 2 }).shape // [8, 3, 8, 8]
 */
export function convTranspose(x: Value, w: Value, options: ConvTransposeOptions = {}): Value {
  const { bias, groups = 1, outputPadding = 0 } = options;
  const axes = Math.max(1, x.shape.length - 2);
  const window = windowAttrs(options, axes);
  const extra = perAxis(outputPadding, "outputPadding", { length: axes, least: 0 });
  const size = extra.map((more, i) => {
    if (more >= window.strides[i]!) {
      throw new UserError("E_SHAPE", `outputPadding ${formatShape(extra)}`, {
        allowed: `less than the strides ${formatShape(window.strides)}`,
      });
    }
    const span = kernelSpan(w.shape[i + 2] ?? 1, window.dilations[i]!);
    const padding = window.pads[i]! + window.pads[axes + i]!;
    return ((x.shape[i + 2] ?? 1) - 1) * window.strides[i]! - padding + span + more;
  });
  const attrs = { ...window, groups, size };
  return createNode(convTransposeOp, bias ? [x, w, bias] : [x, w], attrs)[0]!;
}

/**
 * The gradient of conv(x, w) with respect to x, whose spatial size is `size`, from that of its result.
 *
 * @example
 * const image = input("x", [8, 3, 32, 32]);
 * const y = conv(image, input("w", [16, 3, 3, 3]), { pads: 1 });
 * gradients(reduceSum(y), [image])[0]!.shape // [8, 3, 32, 32]
 */
export const convInputGradient = (g: Value, w: Value, attrs: ConvTransposeAttrs): Value => {
  const { strides, pads, dilations, groups, size } = attrs;
  return createNode(convTransposeOp, [g, w], { strides, pads, dilations, groups, size })[0]!;
};
