/** Unsqueeze: with new axes of length 1. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { normaliseAxis } from "../tensor/index.js";
import { reshapeFlow } from "./channel-flow.js";
import { type OpDef, viewWork } from "./op.js";

export interface UnsqueezeAttrs {
  /** Positions in the result, counted from the front. */
  readonly axes: readonly number[];
}

export const unsqueezeOp: OpDef<UnsqueezeAttrs> = {
  kind: "Unsqueeze",
  infer([x], { axes }) {
    if (new Set(axes).size !== axes.length) {
      throw new UserError("E_SHAPE", `unsqueeze was given the axes ${axes.join(", ")}`, {
        allowed: "different axes",
      });
    }
    const rest = [...x!.shape];
    const rank = rest.length + axes.length;
    const shape = Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : rest.shift()!));
    return [{ dtype: x!.dtype, shape }];
  },
  gradient: { rule: ({ node, grads }, f) => [f.squeeze(grads[0]!, node.attrs.axes)] },
  channels: (node) => reshapeFlow(node as Node),
  work: viewWork,
  lowerings: [
    {
      name: "unsqueeze",
      emit: (node, e) =>
        e.define(
          node.outputs[0]!,
          e.emit("Unsqueeze", [e.use(node.inputs[0]!), e.ints(node.attrs.axes)]),
        ),
    },
  ],
};

/**
 * x with axes of length 1 added; `axes` are positions in the result.
 *
 * @example
 * unsqueeze(input("x", [2, 3]), [0, -1]).shape // [1, 2, 3, 1]
 */
export function unsqueeze(x: Value, axes: readonly number[]): Value {
  const rank = x.shape.length + axes.length;
  const list = axes.map((axis) => normaliseAxis(axis, rank));
  return list.length === 0 ? x : createNode(unsqueezeOp, [x], { axes: list })[0]!;
}
