/** Flatten: a matrix from the axes before and the axes from `axis` on. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import { reshapeFlow } from "./channel-flow.js";
import { type OpDef, viewWork } from "./op.js";

export interface FlattenAttrs {
  readonly axis: number;
}

export const flattenOp: OpDef<FlattenAttrs> = {
  kind: "Flatten",
  layer: () => "flatten",
  infer: ([x], { axis }) => {
    const sizes = [x!.shape.slice(0, axis), x!.shape.slice(axis)];
    return [{ dtype: x!.dtype, shape: sizes.map(elementCount) }];
  },
  gradient: { rule: ({ inputs, grads }, f) => [f.reshape(grads[0]!, inputs[0]!.shape)] },
  channels: (node) => reshapeFlow(node as Node),
  work: viewWork,
  lowerings: [
    {
      name: "flatten",
      emit: (node, e) =>
        e.define(
          node.outputs[0]!,
          e.emit("Flatten", [e.use(node.inputs[0]!)], { attrs: { axis: node.attrs.axis } }),
        ),
    },
  ],
};

/**
 * x as a matrix: axes before `axis` (default 1) become the rows, the others the columns.
 *
 * @example
 * flatten(input("x", [2, 3, 4, 5])).shape // [2, 60]
 */
export function flatten(x: Value, { axis = 1 }: Partial<FlattenAttrs> = {}): Value {
  const rank = x.shape.length;
  if (!Number.isInteger(axis) || axis < -rank || axis > rank) {
    throw new UserError("E_SHAPE", `cannot flatten a tensor of rank ${rank} at axis ${axis}`, {
      allowed: `${-rank} to ${rank}`,
    });
  }
  const position = axis < 0 ? axis + rank : axis;
  return rank === 2 && position === 1 ? x : createNode(flattenOp, [x], { axis: position })[0]!;
}
