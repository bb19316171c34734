/** CumSum: running sums along an axis. */

import { createNode, type Node, type Value } from "../graph/index.js";
import { normaliseAxis, tensor } from "../tensor/index.js";
import { emitIn } from "./onnx-types.js";
import { elementwiseWork, numbers, type OpDef, requireSameType } from "./op.js";

export interface CumSumAttrs {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

export interface CumSumOptions {
  readonly axis: number;
  /** Leave the element itself out of its sum. Default false. */
  readonly exclusive?: boolean;
  /** Sum from the end. Default false. */
  readonly reverse?: boolean;
}

export const cumSumOp: OpDef<CumSumAttrs> = {
  kind: "CumSum",
  infer: ([x]) => [{ dtype: requireSameType([x!], numbers), shape: x!.shape }],
  gradient: {
    // An element is in the sums after it, so its gradient sums from the other end.
    rule: ({ node: { attrs }, grads }, f) => [
      f.cumSum(grads[0]!, { ...attrs, reverse: !attrs.reverse }),
    ],
  },
  work: (node) => elementwiseWork(node as Node),
  lowerings: [
    {
      name: "cumsum",
      emit(node, e) {
        const x = node.inputs[0]!;
        const { axis, exclusive, reverse } = node.attrs;
        const attrs = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
        const position = e.constant(tensor("int64", [], [axis]));
        const native = ["float32", "float64", "int32", "int64"] as const;
        e.define(
          node.outputs[0]!,
          emitIn(e, x.dtype, native, [e.use(x)], ([name]) =>
            e.emit("CumSum", [name!, position], { attrs }),
          ),
        );
      },
    },
  ],
};

/**
 * Sums of the elements up to each, along `axis`.
 *
 * @example
 * // [1, 2, 3] becomes [1, 3, 6].
 * cumSum(x, { axis: 0 }).shape // [3]
 */
export const cumSum = (
  x: Value,
  { axis, exclusive = false, reverse = false }: CumSumOptions,
): Value =>
  createNode(cumSumOp, [x], { axis: normaliseAxis(axis, x.shape.length), exclusive, reverse })[0]!;
