/** Sign: -1, 0 or 1. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";
import { numbers } from "./op.js";

export const signOp = unaryOp({
  kind: "Sign",
  keepsZero: true,
  gradient: () => undefined,
  allowed: numbers,
});

/**
 * The sign of x: -1, 0 or 1. Its gradient is 0.
 *
 * @example
 * const [y] = evaluateHost(sign(x).node, [tensor("float32", [3], [-3, 0, 2])]);
 * y!.data // Float32Array [-1, 0, 1]
 */
export const sign = (x: Value): Value => applyUnary(signOp, x);
