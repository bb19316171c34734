/** Expand: broadcasting as an op of its own. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { broadcastShapes, formatShape, type Shape, sameShape } from "../tensor/index.js";
import { broadcastLinks } from "./channel-flow.js";
import { copyWork, type OpDef } from "./op.js";

export interface ExpandAttrs {
  readonly shape: Shape;
}

export const expandOp: OpDef<ExpandAttrs> = {
  kind: "Expand",
  infer([x], { shape }) {
    if (!sameShape(broadcastShapes(x!.shape, shape), shape)) {
      throw new UserError(
        "E_SHAPE",
        `cannot expand ${formatShape(x!.shape)} to ${formatShape(shape)}`,
        {
          allowed: "dimensions that are equal, or 1 in the input",
        },
      );
    }
    return [{ dtype: x!.dtype, shape }];
  },
  gradient: { rule: ({ inputs, grads }, f) => [f.sumTo(grads[0]!, inputs[0]!.shape)] },
  channels: (node) => ({ links: broadcastLinks(node as Node), zeroWhen: [[0]] }),
  work: (node) => copyWork(node as never),
  lowerings: [
    {
      name: "expand",
      emit(node, e) {
        const from = node.inputs[0]!.shape;
        const to = [...node.attrs.shape];
        // 1 keeps what is there, so an axis that is not stretched need not be named: the batch may differ.
        const offset = to.length - from.length;
        for (let i = 0; i < from.length; i++) if (from[i] === to[offset + i]) to[offset + i] = 1;
        e.define(node.outputs[0]!, e.emit("Expand", [e.use(node.inputs[0]!), e.ints(to)]));
      },
    },
  ],
};

/**
 * `x` stretched to `shape`.
 *
 * @example
 * expand(input("x", [3, 1]), [2, 3, 4]).shape // [2, 3, 4]
 */
export const expand = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : createNode(expandOp, [x], { shape })[0]!;
