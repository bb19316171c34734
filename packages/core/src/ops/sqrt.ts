/** Sqrt: the square root. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const sqrtOp = unaryOp({
  kind: "Sqrt",
  keepsZero: true,
  gradient: (f, g, _x, y) => f.div(f.mul(g, 0.5), y),
});

/**
 * The square root. Its gradient at 0 is infinite.
 *
 * @example
 * const [y] = evaluateHost(sqrt(x).node, [tensor("float32", [3], [0, 1, 4])]);
 * y!.data // Float32Array [0, 1, 2]
 */
export const sqrt = (x: Value): Value => applyUnary(sqrtOp, x);
