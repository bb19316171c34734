/** Squeeze: without axes of length 1. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { formatShape, normaliseAxis } from "../tensor/index.js";
import { reshapeFlow } from "./channel-flow.js";
import { type OpDef, viewWork } from "./op.js";

export interface SqueezeAttrs {
  /** Counted from the front. */
  readonly axes: readonly number[];
}

export const squeezeOp: OpDef<SqueezeAttrs> = {
  kind: "Squeeze",
  infer([x], { axes }) {
    const long = axes.filter((axis) => x!.shape[axis] !== 1);
    if (long.length > 0) {
      throw new UserError(
        "E_SHAPE",
        `cannot squeeze axes ${long.join(", ")} of ${formatShape(x!.shape)}`,
        {
          allowed: "axes of length 1",
        },
      );
    }
    return [{ dtype: x!.dtype, shape: x!.shape.filter((_, i) => !axes.includes(i)) }];
  },
  gradient: { rule: ({ node, grads }, f) => [f.unsqueeze(grads[0]!, node.attrs.axes)] },
  channels: (node) => reshapeFlow(node as Node),
  work: viewWork,
  lowerings: [
    {
      name: "squeeze",
      emit: (node, e) =>
        e.define(
          node.outputs[0]!,
          e.emit("Squeeze", [e.use(node.inputs[0]!), e.ints(node.attrs.axes)]),
        ),
    },
  ],
};

/**
 * x without these axes, which must have length 1.
 *
 * @example
 * squeeze(input("x", [2, 1, 3]), [1]).shape // [2, 3]
 */
export function squeeze(x: Value, axes: readonly number[]): Value {
  const list = [...new Set(axes.map((axis) => normaliseAxis(axis, x.shape.length)))];
  return list.length === 0 ? x : createNode(squeezeOp, [x], { axes: list })[0]!;
}
