/** Cast: another element type. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { type DType, isFloat } from "../tensor/index.js";
import { broadcastLinks } from "./channel-flow.js";
import { elementwiseLowering } from "./elementwise.js";
import { emitCast } from "./onnx-types.js";
import { elementwiseWork, type OpDef } from "./op.js";

export interface CastAttrs {
  readonly dtype: DType;
}

export const castOp: OpDef<CastAttrs> = {
  kind: "Cast",
  infer: ([x], { dtype }) => [{ dtype, shape: x!.shape }],
  gradient: {
    rule({ node, inputs, grads }, f) {
      const from = inputs[0]!.dtype;
      for (const dtype of [from, node.attrs.dtype]) {
        if (isFloat(dtype)) continue;
        throw new UserError("E_GRADIENT", `Cast has no gradient: ${dtype} is piecewise constant`, {
          where: `Cast from ${from} to ${node.attrs.dtype}${node.path ? ` in ${node.path}` : ""}`,
          next: "wrap its input in stopGradient, or use a straight-through gradient",
        });
      }
      return [f.cast(grads[0]!, from)];
    },
  },
  channels: (node) => ({ links: broadcastLinks(node as Node), zeroWhen: [[0]] }),
  work: (node) => elementwiseWork(node as Node),
  lowerings: [elementwiseLowering((e, [x], node) => emitCast(e, x!, node.attrs.dtype))],
};

/**
 * x as another element type. Floats are cut off towards 0 when they become integers; not 0 is true.
 *
 * @example
 * const [y] = evaluateHost(cast(x, "int32").node, [tensor("float32", [3], [-1.5, 0.9, 2])]);
 * y!.data // Int32Array [-1, 0, 2]
 */
export const cast = (x: Value, dtype: DType): Value =>
  x.dtype === dtype ? x : createNode(castOp, [x], { dtype })[0]!;
