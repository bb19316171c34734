/** Neg: -x. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const negOp = unaryOp({
  kind: "Neg",
  keepsZero: true,
  gradient: (f, g) => f.neg(g),
  allowed: ["float32", "float64", "int8", "int32", "int64"],
});

/**
 * -x. Unsigned integers have no negative.
 *
 * @example
 * const [y] = evaluateHost(neg(x).node, [tensor("float32", [3], [-1, 2, 3])]);
 * y!.data // Float32Array [1, -2, -3]
 */
export const neg = (x: Value): Value => applyUnary(negOp, x);
