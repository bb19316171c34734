/** MaxPool: the largest value of every window. */

import { createNode, type Node, type Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import { imageFlow } from "./channel-flow.js";
import { elementwiseWork, type OpDef } from "./op.js";
import { emitPool, type PoolAttrs, type PoolOptions, poolAttrs, pooledType } from "./pool.js";

export const maxPoolOp: OpDef<PoolAttrs> = {
  kind: "MaxPool",
  layer: () => "pool",
  infer: ([x], attrs) => [pooledType(x!, attrs)],
  gradient: {
    rule: ({ node, inputs, grads }, f) => [f.maxPoolGradient(inputs[0]!, grads[0]!, node.attrs)],
  },
  channels: (node) => imageFlow(node as Node),
  work: (node) => elementwiseWork(node as never, elementCount(node.attrs.kernel)),
  lowerings: [{ name: "pool", emit: (node, e) => emitPool(e, node, { onnx: "MaxPool" }) }],
};

/**
 * The largest value of every window; padding never wins.
 *
 * @example
 * maxPool(input("x", [8, 16, 32, 32]), { kernel: 2 }).shape // [8, 16, 16, 16]
 */
export const maxPool = (x: Value, options: PoolOptions): Value =>
  createNode(maxPoolOp, [x], poolAttrs(x, options))[0]!;
