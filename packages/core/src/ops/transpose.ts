/** Transpose: the axes in another order. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { formatShape, normaliseAxis, type Shape } from "../tensor/index.js";
import { linked } from "./channel-flow.js";
import { copyWork, type OpDef } from "./op.js";

export interface TransposeAttrs {
  /** Axis i of the result is axis perm[i] of the input. */
  readonly perm: readonly number[];
}

const inverse = (perm: readonly number[]): number[] => perm.map((_, axis) => perm.indexOf(axis));

export const transposeOp: OpDef<TransposeAttrs> = {
  kind: "Transpose",
  infer([x], { perm }) {
    const rank = x!.shape.length;
    if (perm.length !== rank || new Set(perm).size !== rank) {
      throw new UserError("E_SHAPE", `the permutation ${formatShape(perm)}`, {
        allowed: `every axis from 0 to ${rank - 1} once`,
      });
    }
    return [{ dtype: x!.dtype, shape: perm.map((axis) => x!.shape[axis]!) }];
  },
  gradient: {
    rule: ({ node, grads }, f) => [f.transpose(grads[0]!, inverse(node.attrs.perm))],
  },
  channels: ({ inputs: [x], outputs: [y], attrs }) => ({
    links: attrs.perm.map((from, to) => linked([x!, from], [y!, to])),
    zeroWhen: [[0]],
  }),
  work: (node) => copyWork(node as Node),
  simplify({ inputs: [x], attrs: { perm } }) {
    const { op, inputs, attrs } = x!.node;
    if (op.kind !== transposeOp.kind) return undefined;
    const first = (attrs as TransposeAttrs).perm;
    const whole = perm.map((axis) => first[axis]!);
    return transpose(inputs[0]!, whole);
  },
  lowerings: [
    {
      name: "transpose",
      emit(node, e) {
        const attrs = { perm: node.attrs.perm };
        const x = e.use(node.inputs[0]!);
        // The permutation of a scalar is empty, which the attribute cannot say.
        const result = attrs.perm.length === 0 ? x : e.emit("Transpose", [x], { attrs });
        e.define(node.outputs[0]!, result);
      },
    },
  ],
};

/**
 * x with its axes in another order.
 *
 * @example
 * transpose(input("x", [2, 3, 4]), [0, 2, 1]).shape // [2, 4, 3]
 */
export function transpose(x: Value, perm: Shape): Value {
  const axes = perm.map((axis) => normaliseAxis(axis, x.shape.length));
  const isIdentity = axes.length === x.shape.length && axes.every((axis, i) => axis === i);
  return isIdentity ? x : createNode(transposeOp, [x], { perm: axes })[0]!;
}
