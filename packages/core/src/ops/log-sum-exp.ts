/** LogSumExp: log(sum(exp(x))) over some axes, without overflow. */

import { createNode, type Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import { floats, type OpDef, requireSameType, traffic } from "./op.js";
import {
  emitReduce,
  type ReduceAttrs,
  type ReduceOptions,
  reduceAttrs,
  reducedShape,
} from "./reduce-sum.js";

export const logSumExpOp: OpDef<ReduceAttrs> = {
  kind: "LogSumExp",
  infer: ([x], attrs) => [
    { dtype: requireSameType([x!], floats), shape: reducedShape(x!.shape, attrs) },
  ],
  gradient: {
    // dx = g exp(x - y)
    rule({ node, inputs, outputs, grads }, f) {
      const x = inputs[0]!;
      const kept = reducedShape(x.shape, { ...node.attrs, keepDims: true });
      const y = f.reshape(outputs[0]!, kept);
      return [f.mul(f.reshape(grads[0]!, kept), f.exp(f.sub(x, y)))];
    },
  },
  // Largest value, difference, exponential and sum for every input; logarithm and sum for every result.
  work: (node) => ({
    macs: 0,
    otherOps: 4 * elementCount(node.inputs[0]!.shape) + 2 * elementCount(node.outputs[0]!.shape),
    ...traffic(node as never),
  }),
  lowerings: [{ name: "reduce", emit: (node, e) => emitReduce("ReduceLogSumExp", node, e) }],
};

/**
 * log(sum(exp(x))) over `axes`.
 *
 * @example
 * logSumExp(input("x", [8, 10]), { axes: [1] }).shape // [8]
 */
export const logSumExp = (x: Value, options: ReduceOptions = {}): Value =>
  createNode(logSumExpOp, [x], reduceAttrs(x, options))[0]!;
