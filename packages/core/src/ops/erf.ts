/** Erf: the error function. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const erfOp = unaryOp({
  kind: "Erf",
  keepsZero: true,
  native: ["float32"],
  // d erf / dx = 2 / sqrt(pi) * e^(-x^2)
  gradient: (f, g, x) => f.mul(g, f.mul(f.exp(f.neg(f.mul(x, x))), 2 / Math.sqrt(Math.PI))),
});

/**
 * The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
 *
 * @example
 * const [y] = evaluateHost(erf(x).node, [tensor("float32", [3], [0, 1, 2])]);
 * y!.data // Float32Array [0, 0.8427, 0.9953]
 */
export const erf = (x: Value): Value => applyUnary(erfOp, x);
