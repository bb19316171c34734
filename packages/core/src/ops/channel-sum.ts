/** ChannelSum: the sum of every channel over the batch and all pixels. */

import { createNode, type Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import { channelLayout, channelsOf, emitChannelSum, useImage } from "./channel.js";
import { emitBlockedSum, firstInputIsBlockable } from "./depthwise.js";
import { floats, type None, none, type OpDef, requireSameType, traffic } from "./op.js";

export const channelSumOp: OpDef<None> = {
  kind: "ChannelSum",
  infer: ([x]) => [{ dtype: requireSameType([x!], floats), shape: [channelsOf(x!)] }],
  gradient: {
    rule({ inputs, grads }, f) {
      const { shape } = inputs[0]!;
      const column = f.reshape(grads[0]!, [shape[1]!, ...shape.slice(2).map(() => 1)]);
      return [f.expand(column, shape)];
    },
  },
  work: (node) => ({
    macs: 0,
    otherOps: elementCount(node.inputs[0]!.shape),
    ...traffic(node as never),
  }),
  lowerings: [
    {
      name: "product",
      emit(node, e) {
        const x = node.inputs[0]!;
        const layout = channelLayout(e, x);
        e.define(node.outputs[0]!, emitChannelSum(e, useImage(e, { x, layout }), { x, layout }));
      },
    },
    {
      name: "blocked-pool",
      applies: firstInputIsBlockable,
      emit(node, e) {
        const x = node.inputs[0]!;
        e.define(node.outputs[0]!, emitBlockedSum(e, e.use(x, "blocked"), x));
      },
    },
  ],
};

/**
 * [C]: the sum of every channel of x [N, C, ...].
 *
 * @example
 * channelSum(input("x", [8, 16, 4, 4])).shape // [16]
 */
export const channelSum = (x: Value): Value => createNode(channelSumOp, [x], none)[0]!;
