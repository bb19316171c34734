/** Abs: |x|. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";
import { numbers } from "./op.js";

export const absOp = unaryOp({
  kind: "Abs",
  keepsZero: true,
  gradient: (f, g, x) => f.mul(g, f.sign(x)),
  allowed: numbers,
});

/**
 * |x|; the gradient at 0 is 0.
 *
 * @example
 * const [y] = evaluateHost(abs(x).node, [tensor("float32", [3], [-1, 0, 2])]);
 * y!.data // Float32Array [1, 0, 2]
 */
export const abs = (x: Value): Value => applyUnary(absOp, x);
