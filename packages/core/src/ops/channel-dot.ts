/** ChannelDot: the sum of x * y of every channel over the batch and all pixels. */

import { UserError } from "../base/index.js";
import { createNode, type Value } from "../graph/index.js";
import { elementCount, formatShape, sameShape } from "../tensor/index.js";
import { channelLayout, channelsOf, emitChannelSum, useImage } from "./channel.js";
import { emitBlockedDot, firstInputIsBlockable } from "./depthwise.js";
import { floats, type None, none, type OpDef, requireSameType, traffic } from "./op.js";

export const channelDotOp: OpDef<None> = {
  kind: "ChannelDot",
  infer([x, y]) {
    const dtype = requireSameType([x!, y!], floats);
    if (!sameShape(x!.shape, y!.shape)) {
      throw new UserError(
        "E_SHAPE",
        `operands of shapes ${formatShape(x!.shape)} and ${formatShape(y!.shape)}`,
        { allowed: "equal shapes" },
      );
    }
    return [{ dtype, shape: [channelsOf(x!)] }];
  },
  gradient: {
    rule({ inputs, grads, needs }, f) {
      const [x, y] = inputs as [Value, Value];
      const v = grads[0]!;
      // Both gradients of a sum of squares in one pass.
      if (x === y) return [f.channelAffine(x, f.mul(v, 2)), undefined];
      return [
        needs[0] ? f.channelAffine(y, v) : undefined,
        needs[1] ? f.channelAffine(x, v) : undefined,
      ];
    },
  },
  work: (node) => ({
    macs: elementCount(node.inputs[0]!.shape),
    otherOps: 0,
    ...traffic(node as never),
  }),
  lowerings: [
    {
      name: "product",
      emit(node, e) {
        const [x, y] = node.inputs as [Value, Value];
        const layout = channelLayout(e, x);
        const product = e.emit("Mul", [useImage(e, { x, layout }), useImage(e, { x: y, layout })]);
        e.define(node.outputs[0]!, emitChannelSum(e, product, { x, layout }));
      },
    },
    {
      name: "depthwise",
      applies: firstInputIsBlockable,
      emit(node, e) {
        const [x, y] = node.inputs as [Value, Value];
        const images = [e.use(x, "blocked"), e.use(y, "blocked")] as const;
        e.define(node.outputs[0]!, emitBlockedDot(e, images, x));
      },
    },
  ],
};

/**
 * [C]: the sum of x * y of every channel, for x and y [N, C, ...].
 *
 * @example
 * channelDot(input("x", [8, 16, 4, 4]), input("y", [8, 16, 4, 4])).shape // [16]
 */
export const channelDot = (x: Value, y: Value): Value => createNode(channelDotOp, [x, y], none)[0]!;
