/** Where: a where the condition holds, b elsewhere. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { broadcastShapes } from "../tensor/index.js";
import { broadcastLinks } from "./channel-flow.js";
import { elementwiseLowering } from "./elementwise.js";
import { emitIn } from "./onnx-types.js";
import { asValue, elementwiseWork, none, type OpDef, type Operand, requireSameType } from "./op.js";

export const whereOp: OpDef = {
  kind: "Where",
  infer([condition, a, b]) {
    if (condition!.dtype !== "bool") {
      throw new UserError("E_DTYPE", `a condition of type ${condition!.dtype}`, {
        allowed: "bool",
        next: "compare it with something first",
      });
    }
    const dtype = requireSameType([a!, b!]);
    return [{ dtype, shape: broadcastShapes(condition!.shape, a!.shape, b!.shape) }];
  },
  gradient: {
    rule({ inputs, grads, needs }, f) {
      const [condition, a, b] = inputs as [Value, Value, Value];
      const g = grads[0]!;
      return [
        undefined,
        needs[1] ? f.sumTo(f.where(condition, g, 0), a.shape) : undefined,
        needs[2] ? f.sumTo(f.where(condition, 0, g), b.shape) : undefined,
      ];
    },
  },
  channels: (node) => ({ links: broadcastLinks(node as Node), zeroWhen: [[1], [2]] }),
  work: (node) => elementwiseWork(node as Node),
  lowerings: [
    elementwiseLowering((e, [condition, a, b], node) =>
      emitIn(
        e,
        node.inputs[1]!.dtype,
        ["float32", "float64", "uint8", "int32", "int64"],
        [a!, b!],
        (operands) => e.emit("Where", [condition!, ...operands]),
      ),
    ),
  ],
};

/**
 * a where `condition` holds, b elsewhere; all three broadcast.
 *
 * @example
 * where(greater(x, 0), x, 0)
 */
export function where(condition: Value, a: Operand, b: Operand): Value {
  const like = typeof a === "number" ? (typeof b === "number" ? "float32" : b.dtype) : a.dtype;
  return createNode(whereOp, [condition, asValue(a, like), asValue(b, like)], none)[0]!;
}
