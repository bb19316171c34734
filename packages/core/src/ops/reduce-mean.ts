/** ReduceMean: the mean over some axes. */

import { createNode, type Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import { floats, type OpDef, requireSameType } from "./op.js";
import {
  emitReduce,
  type ReduceAttrs,
  type ReduceOptions,
  reduceAttrs,
  reducedShape,
  reduceFlow,
  reduceWork,
} from "./reduce-sum.js";

export const reduceMeanOp: OpDef<ReduceAttrs> = {
  kind: "ReduceMean",
  infer: ([x], attrs) => [
    { dtype: requireSameType([x!], floats), shape: reducedShape(x!.shape, attrs) },
  ],
  gradient: {
    rule({ node, inputs, outputs, grads }, f) {
      const x = inputs[0]!;
      const count = elementCount(x.shape) / elementCount(outputs[0]!.shape);
      const kept = reducedShape(x.shape, { ...node.attrs, keepDims: true });
      return [f.expand(f.reshape(f.mul(grads[0]!, 1 / count), kept), x.shape)];
    },
  },
  channels: reduceFlow,
  work: reduceWork,
  lowerings: [{ name: "reduce", emit: (node, e) => emitReduce("ReduceMean", node, e) }],
};

/**
 * The mean over `axes`.
 *
 * @example
 * reduceMean(input("x", [2, 3]), { axes: [1] }).shape // [2]
 */
export const reduceMean = (x: Value, options: ReduceOptions = {}): Value =>
  createNode(reduceMeanOp, [x], reduceAttrs(x, options))[0]!;
