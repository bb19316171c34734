/** OneHot: 1 at the position that an index names, 0 elsewhere. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { type DType, normaliseAxis, tensor } from "../tensor/index.js";
import { requireIndices } from "./indices.js";
import { emitCast, emitIn } from "./onnx-types.js";
import { copyWork, type OpDef } from "./op.js";

export interface OneHotAttrs {
  readonly depth: number;
  /** Where the new axis stands in the result. */
  readonly axis: number;
  readonly dtype: DType;
}

export interface OneHotOptions {
  readonly depth: number;
  /** Where the new axis stands in the result. Default: last. */
  readonly axis?: number;
  /** Default float32. */
  readonly dtype?: DType;
}

export const oneHotOp: OpDef<OneHotAttrs> = {
  kind: "OneHot",
  infer([indices], { depth, axis, dtype }) {
    requireIndices(indices!);
    if (!Number.isInteger(depth) || depth < 1) {
      throw new UserError("E_SHAPE", `a depth of ${depth}`, { allowed: "an integer >= 1" });
    }
    return [{ dtype, shape: indices!.shape.toSpliced(axis, 0, depth) }];
  },
  gradient: { none: "an index is an integer" },
  work: (node) => copyWork(node as Node),
  lowerings: [
    {
      name: "onehot",
      emit(node, e) {
        const { depth, axis, dtype } = node.attrs;
        const [indices] = node.inputs as readonly [Value];
        // The runtime wants a rank of at least 1.
        const isScalar = indices.shape.length === 0;
        const name = isScalar ? e.emit("Reshape", [e.use(indices), e.ints([1])]) : e.use(indices);
        // The runtime has few combinations of types: 64-bit indices with 32-bit floats or 64-bit integers.
        const wide = indices.dtype === "int64" ? name : emitCast(e, name, "int64");
        const result = emitIn(e, dtype, ["float32", "int64"], [], (_, type) =>
          e.emit(
            "OneHot",
            [wide, e.scalar("int64", depth), e.constant(tensor(type, [2], [0, 1]))],
            { attrs: { axis: isScalar ? 1 : axis } },
          ),
        );
        e.define(
          node.outputs[0]!,
          isScalar ? e.emit("Reshape", [result, e.ints([depth])]) : result,
        );
      },
    },
  ],
};

/**
 * Indices as vectors that are 1 at the index. Negative indices count from the back; those out of range give only zeros.
 *
 * @example
 * oneHot(input("labels", [32], "int32"), { depth: 10 }).shape // [32, 10]
 */
export const oneHot = (
  indices: Value,
  { depth, axis = -1, dtype = "float32" }: OneHotOptions,
): Value =>
  createNode(oneHotOp, [indices], {
    depth,
    axis: normaliseAxis(axis, indices.shape.length + 1),
    dtype,
  })[0]!;
