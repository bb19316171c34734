/** GlobalAveragePool: the mean of every channel's plane. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { elementCount, formatShape } from "../tensor/index.js";
import { imageFlow } from "./channel-flow.js";
import { NCHWC } from "./conv-emit.js";
import { floats, type None, none, type OpDef, requireSameType, traffic } from "./op.js";

export const globalAveragePoolOp: OpDef<None> = {
  kind: "GlobalAveragePool",
  layer: () => "pool",
  infer([x]) {
    const dtype = requireSameType([x!], floats);
    if (x!.shape.length < 3) {
      throw new UserError("E_SHAPE", `an image of shape ${formatShape(x!.shape)}`, {
        allowed: "[N, C, spatial...]",
      });
    }
    return [{ dtype, shape: x!.shape.map((d, axis) => (axis < 2 ? d : 1)) }];
  },
  gradient: {
    rule({ inputs, grads }, f) {
      const { shape } = inputs[0]!;
      return [f.expand(f.mul(grads[0]!, 1 / elementCount(shape.slice(2))), shape)];
    },
  },
  channels: (node) => imageFlow(node as Node),
  work: (node) => ({
    macs: 0,
    otherOps: elementCount(node.inputs[0]!.shape),
    ...traffic(node as never),
  }),
  lowerings: [
    {
      name: "pool",
      emit(node, e) {
        const x = node.inputs[0]!;
        const y = node.outputs[0]!;
        // One pixel a channel: the blocked order of the result is the plain one.
        const blocked = e.layoutOf(x) === "blocked";
        const name = e.use(x, blocked ? "blocked" : "plain");
        e.define(y, e.emit("GlobalAveragePool", [name], blocked ? { domain: NCHWC } : {}));
      },
    },
  ],
};

/**
 * The mean of every channel's plane; spatial axes stay, with length 1.
 *
 * @example
 * globalAveragePool(input("x", [8, 64, 4, 4])).shape // [8, 64, 1, 1]
 */
export const globalAveragePool = (x: Value): Value =>
  createNode(globalAveragePoolOp, [x], none)[0]!;
