/** Gather: whole slices of a tensor, picked by position along an axis. */

import { createNode, type Node, type Value } from "../graph/index.js";
import { elementCount, normaliseAxis } from "../tensor/index.js";
import { axisLowering, pickWork, requireIndices } from "./indices.js";
import type { OpDef } from "./op.js";
import { zerosOf } from "./zeros.js";

export interface GatherAttrs {
  readonly axis: number;
}

export const gatherOp: OpDef<GatherAttrs> = {
  kind: "Gather",
  infer([x, indices], { axis }) {
    requireIndices(indices!);
    const { dtype, shape } = x!;
    return [
      { dtype, shape: [...shape.slice(0, axis), ...indices!.shape, ...shape.slice(axis + 1)] },
    ];
  },
  gradient: {
    // Each slice adds its gradient to the position it was read from, which may be read more than once.
    rule({ node, inputs, grads, needs }, f) {
      if (!needs[0]) return [undefined, undefined];
      const [x, indices] = inputs as [Value, Value];
      const { axis } = node.attrs;
      const before = elementCount(x.shape.slice(0, axis));
      const after = elementCount(x.shape.slice(axis + 1));
      const count = elementCount(indices.shape);
      const block = [before, count, after];
      const positions = f.expand(f.reshape(indices, [1, count, 1]), block);
      const zeros = zerosOf(x.dtype, [before, x.shape[axis]!, after]);
      const sum = f.scatterElements(zeros, positions, f.reshape(grads[0]!, block), {
        axis: 1,
        reduction: "add",
      });
      return [f.reshape(sum, x.shape), undefined];
    },
  },
  work: (node) => pickWork(node as Node),
  lowerings: [axisLowering("Gather")],
};

/**
 * The slices of x at these positions of `axis` (default 0); negative positions count from the back.
 *
 * @example
 * gather(input("table", [100, 8]), input("words", [4, 5], "int32")).shape // [4, 5, 8]
 */
export const gather = (
  x: Value,
  indices: Value,
  { axis = 0 }: { readonly axis?: number } = {},
): Value => createNode(gatherOp, [x, indices], { axis: normaliseAxis(axis, x.shape.length) })[0]!;
