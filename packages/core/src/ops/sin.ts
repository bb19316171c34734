/** Sin: the sine. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const sinOp = unaryOp({
  kind: "Sin",
  keepsZero: true,
  gradient: (f, g, x) => f.mul(g, f.cos(x)),
});

/**
 * The sine of x radians.
 *
 * @example
 * const [y] = evaluateHost(sin(x).node, [tensor("float32", [3], [0, 1, 2])]);
 * y!.data // Float32Array [0, 0.8415, 0.9093]
 */
export const sin = (x: Value): Value => applyUnary(sinOp, x);
