/** LogSoftmax: the logarithm of softmax, without taking the logarithm of a rounded 0. */

import { createNode, type Value } from "../graph/index.js";
import { normaliseAxis } from "../tensor/index.js";
import { elementwiseWork, floats, type OpDef, requireSameType } from "./op.js";
import { type AxisAttrs, emitAlongAxis, type SoftmaxOptions } from "./softmax.js";

export const logSoftmaxOp: OpDef<AxisAttrs> = {
  kind: "LogSoftmax",
  infer: ([x]) => [{ dtype: requireSameType([x!], floats), shape: x!.shape }],
  gradient: {
    // dx = g - softmax(x) sum(g)
    rule({ node, outputs, grads }, f) {
      const g = grads[0]!;
      const total = f.reduceSum(g, { axes: [node.attrs.axis], keepDims: true });
      return [f.sub(g, f.mul(f.exp(outputs[0]!), total))];
    },
  },
  // Largest value, difference, exponential, sum, difference.
  work: (node) => elementwiseWork(node as never, 5),
  lowerings: [{ name: "log-softmax", emit: (node, e) => emitAlongAxis("LogSoftmax", node, e) }],
};

/**
 * log(softmax(x)) along `axis`.
 *
 * @example
 * logSoftmax(input("x", [8, 10])).shape // [8, 10]
 */
export const logSoftmax = (x: Value, { axis = -1 }: SoftmaxOptions = {}): Value =>
  createNode(logSoftmaxOp, [x], { axis: normaliseAxis(axis, x.shape.length) })[0]!;
