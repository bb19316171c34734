/** ArgMax: where the largest element along an axis stands. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { elementCount, formatShape, normaliseAxis } from "../tensor/index.js";
import { numbers, type OpDef, requireSameType, traffic } from "./op.js";
import { reducedShape } from "./reduce-sum.js";

export interface ArgMaxAttrs {
  readonly axis: number;
  readonly keepDims: boolean;
}

export interface ArgMaxOptions {
  readonly axis: number;
  /** Keep the reduced axis with length 1. Default false. */
  readonly keepDims?: boolean;
}

export const argMaxOp: OpDef<ArgMaxAttrs> = {
  kind: "ArgMax",
  infer([x], { axis, keepDims }) {
    requireSameType([x!], numbers);
    if (x!.shape[axis] === 0) {
      throw new UserError("E_SHAPE", `the largest of no elements, in ${formatShape(x!.shape)}`, {
        allowed: "at least one element on the axis",
      });
    }
    return [{ dtype: "int64", shape: reducedShape(x!.shape, { axes: [axis], keepDims }) }];
  },
  gradient: { none: "its result is a position" },
  work: (node) => ({
    macs: 0,
    otherOps: elementCount(node.inputs[0]!.shape) - elementCount(node.outputs[0]!.shape),
    ...traffic(node as Node),
  }),
  lowerings: [
    {
      name: "argmax",
      emit(node, e) {
        const { axis, keepDims } = node.attrs;
        const attrs = { axis, keepdims: keepDims ? 1 : 0 };
        e.define(node.outputs[0]!, e.emit("ArgMax", [e.use(node.inputs[0]!)], { attrs }));
      },
    },
  ],
};

/**
 * The position (int64) of the largest element along `axis`; of equal ones the first.
 *
 * @example
 * argMax(input("logits", [32, 10]), { axis: 1 }).shape // [32]
 */
export const argMax = (x: Value, { axis, keepDims = false }: ArgMaxOptions): Value =>
  createNode(argMaxOp, [x], { axis: normaliseAxis(axis, x.shape.length), keepDims })[0]!;
