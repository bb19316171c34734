/** Conv: cross-correlation over one or two spatial axes, as every deep-learning library calls convolution. */

import { UserError } from "../base/index.js";
import { createNode, type TensorType, type Value } from "../graph/index.js";
import { elementCount, formatShape } from "../tensor/index.js";
import { biasLinks, linked } from "./channel-flow.js";
import { emitBlockedConv, type GroupedWindow, isBlockable } from "./conv-emit.js";
import { floats, type OpDef, requireSameType, traffic } from "./op.js";
import {
  onnxWindow,
  requireImage,
  tapsOnImage,
  type WindowOptions,
  windowAttrs,
  windowPositions,
} from "./window.js";

export interface ConvOptions extends WindowOptions {
  /** [O]. */
  readonly bias?: Value;
  /** Default 1. */
  readonly groups?: number;
}

/** Throws unless `outer` channels fall into `groups` groups, and the image and weight have one rank. */
export function requireConvolution(
  x: TensorType,
  w: TensorType,
  { groups, outer }: { readonly groups: number; readonly outer: number },
): void {
  requireImage(x.shape, "an image");
  if (w.shape.length !== x.shape.length) {
    throw new UserError(
      "E_SHAPE",
      `a weight of shape ${formatShape(w.shape)} for an image of ${formatShape(x.shape)}`,
      { allowed: `a weight of rank ${x.shape.length}` },
    );
  }
  if (!Number.isInteger(groups) || groups < 1 || outer % groups !== 0) {
    throw new UserError("E_SHAPE", `${outer} channels in ${groups} groups`, {
      allowed: `a number of groups that divides ${outer}`,
    });
  }
}

/** Whether every group has a single channel, one of more than one. */
export const isDepthwise = (w: TensorType, groups: number): boolean =>
  groups > 1 && w.shape[1] === 1;

export function requireBias(bias: TensorType | undefined, channels: number): void {
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== channels)) {
    throw new UserError("E_SHAPE", `a bias of shape ${formatShape(bias.shape)}`, {
      allowed: `[${channels}]`,
    });
  }
}

export const convOp: OpDef<GroupedWindow> = {
  kind: "Conv",
  layer: () => "conv",
  infer(inputs, attrs) {
    const [x, w, bias] = inputs;
    const dtype = requireSameType(inputs, floats);
    const [n, c, ...size] = x!.shape;
    const [o, i, ...kernel] = w!.shape;
    requireConvolution(x!, w!, { groups: attrs.groups, outer: o ?? 0 });
    if (c !== i! * attrs.groups) {
      throw new UserError(
        "E_SHAPE",
        `${c} channels into a weight of shape ${formatShape(w!.shape)} with ${attrs.groups} groups`,
        { allowed: `an image of ${i! * attrs.groups} channels` },
      );
    }
    requireBias(bias, o!);
    return [{ dtype, shape: [n!, o!, ...windowPositions(size, kernel, attrs)] }];
  },
  gradient: {
    rule({ node, inputs, grads, needs }, f) {
      const [x, w] = inputs as [Value, Value];
      const g = grads[0]!;
      const { attrs } = node;
      const size = x.shape.slice(2);
      const kernel = w.shape.slice(2);
      return [
        needs[0] ? f.convInputGradient(g, w, { ...attrs, size }) : undefined,
        needs[1] ? f.convWeightGradient(x, g, { ...attrs, kernel }) : undefined,
        needs[2] ? f.channelSum(g) : undefined,
      ];
    },
  },
  channels({ inputs, outputs, attrs: { groups } }) {
    const [x, w, bias] = inputs as [Value, Value, Value | undefined];
    const y = outputs[0]!;
    const [outer, inner] = w.shape as [number, number];
    const biases = bias ? [[2]] : [];
    const made = [{ value: w, axis: 0 }];
    const batch = linked([x, 0], [y, 0]);
    const own = [linked([w, 0], [y, 1]), ...biasLinks(bias, y, 1)];
    if (groups === 1) {
      return {
        links: [batch, ...own, linked([x, 1], [w, 1])],
        contracted: [
          { value: x, axis: 1 },
          { value: w, axis: 1 },
        ],
        made,
        zeroWhen: [[1], ...biases],
      };
    }
    if (inner === 1 && groups === outer) {
      return {
        links: [batch, ...own, linked([x, 1], [y, 1])],
        made,
        zeroWhen: [[0, 1], ...biases],
      };
    }
    return { links: [batch], made, reason: `${groups} groups of channels` };
  },
  work(node) {
    const [x, w, bias] = node.inputs;
    const y = node.outputs[0]!;
    const size = elementCount(y.shape);
    const [, channels, ...kernel] = w!.shape as [number, number, ...number[]];
    const [n, o, ...positions] = y.shape as [number, number, ...number[]];
    const taps = tapsOnImage(x!.shape.slice(2), { kernel, positions, window: node.attrs });
    return {
      macs: size * elementCount(w!.shape.slice(1)),
      validMacs: n * o * channels * taps,
      channelwise: isDepthwise(w!, node.attrs.groups),
      otherOps: bias ? size : 0,
      ...traffic(node as never),
    };
  },
  lowerings: [
    {
      name: "conv",
      emit(node, e) {
        const attrs = {
          ...onnxWindow(node.attrs, node.inputs[1]!.shape.slice(2)),
          group: node.attrs.groups,
        };
        const names = node.inputs.map((v) => e.use(v));
        e.define(node.outputs[0]!, e.emit("Conv", names, { attrs }));
      },
    },
    {
      name: "blocked",
      makes: "blocked",
      applies({ inputs: [x, w], attrs }, target) {
        const [outputs, inputs] = w!.shape as [number, number];
        return attrs.groups === 1 && isBlockable(target, { x: x!, inputs, outputs });
      },
      prefers: () => [undefined, "weights"],
      emit(node, e) {
        const [x, w, bias] = node.inputs as [Value, Value, Value | undefined];
        emitBlockedConv(e, {
          x,
          weight: e.use(w, "weights"),
          kernel: w.shape.slice(2),
          ...(bias ? { bias: e.use(bias) } : {}),
          window: node.attrs,
          y: node.outputs[0]!,
        });
      },
    },
  ],
};

/**
 * Convolution of x [N, C, H, W] or [N, C, L] with w [O, C/groups, kernel...].
 *
 * Multiply-accumulates: output elements * kernel size * C/groups, padding counted.
 *
 * @example
 * conv(input("x", [8, 3, 32, 32]), input("w", [16, 3, 3, 3]), { pads: 1, strides: 2 }).shape // [8, 16, 16, 16]
 */
export function conv(x: Value, w: Value, options: ConvOptions = {}): Value {
  const { bias, groups = 1 } = options;
  const attrs = { ...windowAttrs(options, Math.max(1, x.shape.length - 2)), groups };
  return createNode(convOp, bias ? [x, w, bias] : [x, w], attrs)[0]!;
}
