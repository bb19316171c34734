/** GatherElements: one element for each index, on the line along an axis that the index stands on. */

import { UserError } from "../base/index.js";
import {
  createNode,
  describeType,
  type Node,
  type TensorType,
  type Value,
} from "../graph/index.js";
import { normaliseAxis } from "../tensor/index.js";
import { axisLowering, pickWork, requireIndices } from "./indices.js";
import type { OpDef } from "./op.js";
import { zerosOf } from "./zeros.js";

export interface GatherElementsAttrs {
  readonly axis: number;
}

/** Throws unless `indices` has the rank of `x`, and off the axis no more elements than x. */
export function requireLines(x: TensorType, indices: TensorType, axis: number): void {
  requireIndices(indices);
  const fits =
    indices.shape.length === x.shape.length &&
    indices.shape.every((d, i) => i === axis || d <= x.shape[i]!);
  if (fits) return;
  throw new UserError(
    "E_SHAPE",
    `indices of type ${describeType(indices)} into ${describeType(x)} along axis ${axis}`,
    { allowed: "indices of the same rank, no longer than the data on the other axes" },
  );
}

export const gatherElementsOp: OpDef<GatherElementsAttrs> = {
  kind: "GatherElements",
  infer([x, indices], { axis }) {
    requireLines(x!, indices!, axis);
    return [{ dtype: x!.dtype, shape: indices!.shape }];
  },
  gradient: {
    rule({ node, inputs, grads, needs }, f) {
      if (!needs[0]) return [undefined, undefined];
      const [x, indices] = inputs as [Value, Value];
      const options = { axis: node.attrs.axis, reduction: "add" } as const;
      return [f.scatterElements(zerosOf(x.dtype, x.shape), indices, grads[0]!, options), undefined];
    },
  },
  work: (node) => pickWork(node as Node),
  lowerings: [axisLowering("GatherElements")],
};

/**
 * y[i, j] = x[i, indices[i, j]] for axis 1, and so on for other axes and ranks.
 *
 * @example
 * // The logit of each sample's class.
 * const labels = input("labels", [64], "int32");
 * gatherElements(input("logits", [64, 10]), unsqueeze(labels, [1]), { axis: 1 }).shape // [64, 1]
 */
export const gatherElements = (x: Value, indices: Value, { axis }: GatherElementsAttrs): Value =>
  createNode(gatherElementsOp, [x, indices], { axis: normaliseAxis(axis, x.shape.length) })[0]!;
