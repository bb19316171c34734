/** MaxPoolIndices: where in its channel's plane the largest value of every window lies, the first one of equals. */

import { createNode, type Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import { elementwiseWork, type OpDef } from "./op.js";
import { onnxPool, type PoolAttrs, type PoolOptions, poolAttrs, pooledType } from "./pool.js";

export const maxPoolIndicesOp: OpDef<PoolAttrs> = {
  kind: "MaxPoolIndices",
  infer: ([x], attrs) => [{ dtype: "int64", shape: pooledType(x!, attrs).shape }],
  gradient: { none: "positions are integers" },
  work: (node) => elementwiseWork(node as never, elementCount(node.attrs.kernel)),
  lowerings: [
    {
      name: "indices",
      emit(node, e) {
        const x = node.inputs[0]!;
        const attrs = onnxPool(x.shape, node.attrs);
        const [, everywhere] = e.emitMany("MaxPool", [e.use(x)], 2, { attrs });
        // ONNX counts through the whole tensor.
        const plane = e.scalar("int64", elementCount(x.shape.slice(2)));
        e.define(node.outputs[0]!, e.emit("Mod", [everywhere!, plane]));
      },
    },
  ],
};

/**
 * Position (row * width + column) of the first largest value of every window; int64, of the pooled shape.
 *
 * @example
 * maxPoolIndices(input("x", [8, 16, 32, 32]), { kernel: 2 }).shape // [8, 16, 16, 16]
 */
export const maxPoolIndices = (x: Value, options: PoolOptions): Value =>
  createNode(maxPoolIndicesOp, [x], poolAttrs(x, options))[0]!;
