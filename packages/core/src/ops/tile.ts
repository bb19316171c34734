/** Tile: a tensor repeated along its axes. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { formatShape } from "../tensor/index.js";
import { copyWork, type OpDef } from "./op.js";

export interface TileAttrs {
  readonly repeats: readonly number[];
}

export const tileOp: OpDef<TileAttrs> = {
  kind: "Tile",
  infer([x], { repeats }) {
    const { dtype, shape } = x!;
    if (repeats.length !== shape.length || repeats.some((r) => r < 0 || !Number.isInteger(r))) {
      throw new UserError("E_SHAPE", `repeats ${formatShape(repeats)}`, {
        allowed: `${shape.length} integers >= 0, one for each axis of ${formatShape(shape)}`,
      });
    }
    return [{ dtype, shape: shape.map((d, axis) => d * repeats[axis]!) }];
  },
  gradient: {
    rule({ node, inputs, grads }, f) {
      const { shape } = inputs[0]!;
      // [r0, d0, r1, d1, ...]: the copies are the even axes.
      const copies = shape.flatMap((d, axis) => [node.attrs.repeats[axis]!, d]);
      const axes = shape.map((_, axis) => 2 * axis);
      return [f.reduceSum(f.reshape(grads[0]!, copies), { axes })];
    },
  },
  work: (node) => copyWork(node as Node),
  lowerings: [
    {
      name: "tile",
      emit: (node, e) =>
        e.define(
          node.outputs[0]!,
          e.emit("Tile", [e.use(node.inputs[0]!), e.ints(node.attrs.repeats)]),
        ),
    },
  ],
};

/**
 * x repeated `repeats[i]` times along axis i.
 *
 * @example
 * tile(input("x", [2, 3]), [1, 2]).shape // [2, 6]
 */
export function tile(x: Value, repeats: readonly number[]): Value {
  const nothing = repeats.length === x.shape.length && repeats.every((r) => r === 1);
  return nothing ? x : createNode(tileOp, [x], { repeats })[0]!;
}
