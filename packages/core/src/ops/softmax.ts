/** Softmax: exponentials that sum to 1 along one axis. */

import { createNode, type Emitter, type Node, type Value } from "../graph/index.js";
import { normaliseAxis } from "../tensor/index.js";
import { elementwiseWork, floats, type OpDef, requireSameType } from "./op.js";

export interface AxisAttrs {
  /** Counted from the front. */
  readonly axis: number;
}

export interface SoftmaxOptions {
  /** Default -1. */
  readonly axis?: number;
}

export function emitAlongAxis(onnx: string, node: Node<AxisAttrs>, e: Emitter): void {
  const attrs = { axis: node.attrs.axis };
  e.define(node.outputs[0]!, e.emit(onnx, [e.use(node.inputs[0]!)], { attrs }));
}

export const softmaxOp: OpDef<AxisAttrs> = {
  kind: "Softmax",
  layer: () => "activation",
  infer: ([x]) => [{ dtype: requireSameType([x!], floats), shape: x!.shape }],
  gradient: {
    // dx = y (g - sum(g y))
    rule({ node, outputs, grads }, f) {
      const y = outputs[0]!;
      const gy = f.mul(grads[0]!, y);
      const total = f.reduceSum(gy, { axes: [node.attrs.axis], keepDims: true });
      return [f.sub(gy, f.mul(y, total))];
    },
  },
  // Largest value, difference, exponential, sum, quotient.
  work: (node) => elementwiseWork(node as never, 5),
  lowerings: [{ name: "softmax", emit: (node, e) => emitAlongAxis("Softmax", node, e) }],
};

/**
 * exp(x) / sum(exp(x)) along `axis`, without overflow.
 *
 * @example
 * softmax(input("x", [8, 10])).shape // [8, 10]
 */
export const softmax = (x: Value, { axis = -1 }: SoftmaxOptions = {}): Value =>
  createNode(softmaxOp, [x], { axis: normaliseAxis(axis, x.shape.length) })[0]!;
