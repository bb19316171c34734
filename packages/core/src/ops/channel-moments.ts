/**
 * ChannelMoments: the sum and the sum of squares of every channel, with x itself handed on.
 *
 * Who uses the handed-on x instead of x gets one gradient for all three: a single pass
 * dx = x * 2 d(squares) + d(sum) + d(x), where separate ops would add them one by one.
 */

import { createNode, type Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import { channelLayout, channelsOf, emitChannelSum, useImage } from "./channel.js";
import { linked, sameAxes } from "./channel-flow.js";
import { emitBlockedDot, emitBlockedSum, firstInputIsBlockable } from "./depthwise.js";
import { bytesOf, floats, type None, none, type OpDef, requireSameType } from "./op.js";

export const channelMomentsOp: OpDef<None> = {
  kind: "ChannelMoments",
  infer([x]) {
    const dtype = requireSameType([x!], floats);
    const vector = { dtype, shape: [channelsOf(x!)] };
    return [{ dtype, shape: x!.shape }, vector, vector];
  },
  gradient: {
    rule({ inputs, grads }, f) {
      const x = inputs[0]!;
      const [same, sum, squares] = grads;
      if (squares) {
        return [
          f.channelAffine(x, f.mul(squares, 2), {
            ...(sum ? { shift: sum } : {}),
            ...(same ? { residual: same } : {}),
          }),
        ];
      }
      if (!sum) return [same];
      const column = f.reshape(sum, [x.shape[1]!, ...x.shape.slice(2).map(() => 1)]);
      return [same ? f.add(same, column) : f.expand(column, x.shape)];
    },
  },
  channels({ inputs, outputs }) {
    const [x, [same, ...sums]] = [inputs[0]!, outputs as [Value, Value, Value]];
    return {
      links: [...sameAxes(x, same, [0, 1]), ...sums.map((s) => linked([x, 1], [s, 0]))],
      zeroWhen: [[0]],
    };
  },
  work(node) {
    const x = node.inputs[0]!;
    const size = elementCount(x.shape);
    const written = bytesOf(node.outputs[1]!) + bytesOf(node.outputs[2]!);
    const traffic = { bytesRead: bytesOf(x), bytesWritten: written };
    return { macs: size, otherOps: size, ...traffic, isView: true };
  },
  lowerings: [
    {
      name: "product",
      emit(node, e) {
        const x = node.inputs[0]!;
        const [same, sum, squares] = node.outputs as [Value, Value, Value];
        const layout = channelLayout(e, x);
        e.define(same, e.use(x, layout), layout);
        const name = useImage(e, { x, layout });
        e.define(sum, emitChannelSum(e, name, { x, layout }));
        const product = e.emit("Mul", [name, name]);
        e.define(squares, emitChannelSum(e, product, { x, layout }));
      },
    },
    {
      name: "depthwise",
      applies: firstInputIsBlockable,
      emit(node, e) {
        const x = node.inputs[0]!;
        const [same, sum, squares] = node.outputs as [Value, Value, Value];
        const image = e.use(x, "blocked");
        e.define(same, image, "blocked");
        e.define(sum, emitBlockedSum(e, image, x));
        e.define(squares, emitBlockedDot(e, [image, image], x));
      },
    },
  ],
};

export interface ChannelMoments {
  /** x itself: use it from here on, so that gradients meet. */
  readonly same: Value;
  /** [C]. */
  readonly sum: Value;
  /** [C]: sums of squares. */
  readonly squares: Value;
}

/**
 * The sum and the sum of squares of every channel of x [N, C, ...].
 *
 * @example
 * channelMoments(input("x", [8, 16, 4, 4])).squares.shape // [16]
 */
export function channelMoments(x: Value): ChannelMoments {
  const [same, sum, squares] = createNode(channelMomentsOp, [x], none) as [Value, Value, Value];
  return { same, sum, squares };
}
