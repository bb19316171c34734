/** What the indexing ops share. */

import { UserError } from "../base/index.js";
import type { Lowering, Node, TensorType, Work } from "../graph/index.js";
import { bytesOf, copyWork } from "./op.js";

/** Throws unless `indices` holds integers that the runtime takes as positions. */
export function requireIndices(indices: TensorType): void {
  if (indices.dtype === "int32" || indices.dtype === "int64") return;
  throw new UserError("E_DTYPE", `indices of type ${indices.dtype}`, {
    allowed: "int32, int64",
    next: "cast them",
  });
}

/** Only what is picked is read, and where to pick it. */
export const pickWork = (node: Node): Work => ({
  ...copyWork(node),
  bytesRead: bytesOf(node.outputs[0]!) + bytesOf(node.inputs[1]!),
});

/** One ONNX op over the inputs as they are, with the axis as its attribute. */
export const axisLowering = (onnx: string): Lowering<{ readonly axis: number }> => ({
  name: "axis",
  emit(node, e) {
    const inputs = node.inputs.map((v) => e.use(v));
    e.define(node.outputs[0]!, e.emit(onnx, inputs, { attrs: { axis: node.attrs.axis } }));
  },
});
