/** Reshape: the same elements in another shape. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { elementCount, formatShape, type Shape, sameShape } from "../tensor/index.js";
import { reshapeFlow } from "./channel-flow.js";
import { type OpDef, viewWork } from "./op.js";

export interface ReshapeAttrs {
  readonly shape: Shape;
}

export const reshapeOp: OpDef<ReshapeAttrs> = {
  kind: "Reshape",
  // What a model does once, between its images and its matrices.
  layer: ({ inputs: [x], outputs: [y] }) =>
    x!.shape.length > 2 && y!.shape.length === 2 && x!.shape[0] === y!.shape[0]
      ? "flatten"
      : undefined,
  infer([x], { shape }) {
    if (elementCount(x!.shape) !== elementCount(shape)) {
      throw new UserError(
        "E_SHAPE",
        `cannot reshape ${formatShape(x!.shape)} to ${formatShape(shape)}`,
        {
          allowed: `a shape of ${elementCount(x!.shape)} elements`,
        },
      );
    }
    return [{ dtype: x!.dtype, shape }];
  },
  gradient: {
    rule: ({ inputs, grads }, f) => [f.reshape(grads[0]!, inputs[0]!.shape)],
  },
  channels: (node) => reshapeFlow(node as Node),
  work: viewWork,
  simplify({ inputs: [x], outputs: [y] }) {
    const { op, inputs } = x!.node;
    if (op.kind === reshapeOp.kind) return reshape(inputs[0]!, y!.shape);
    return sameShape(x!.shape, y!.shape) ? x! : undefined;
  },
  lowerings: [
    {
      name: "reshape",
      emit(node, e) {
        const from = node.inputs[0]!.shape;
        const zeroSized = from.includes(0);
        const to = [...node.outputs[0]!.shape];
        // The first dimension is copied (0) or computed (-1), so the batch may differ from the traced one.
        if (to.length > 0 && from.length > 0) to[0] = to[0] === from[0] ? 0 : -1;
        const options = zeroSized ? { attrs: { allowzero: 1 } } : {};
        const shape = zeroSized ? node.outputs[0]!.shape : to;
        e.define(
          node.outputs[0]!,
          e.emit("Reshape", [e.use(node.inputs[0]!), e.ints(shape)], options),
        );
      },
    },
  ],
};

/**
 * `x` with another shape; one dimension may be -1 and is then computed.
 *
 * @example
 * reshape(input("x", [2, 3, 4]), [2, -1]).shape // [2, 12]
 */
export function reshape(x: Value, shape: Shape): Value {
  const known = shape.reduce((n, d) => (d === -1 ? n : n * d), 1);
  const resolved = shape.map((d) => (d === -1 ? elementCount(x.shape) / known : d));
  return sameShape(resolved, x.shape) ? x : createNode(reshapeOp, [x], { shape: resolved })[0]!;
}
