/** Mul: a * b. */

import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const mulOp = binaryOp({
  kind: "Mul",
  gradient: (f, g, a, b) => [f.mul(g, b), f.mul(g, a)],
});

/** a * b, broadcast as numpy does. */
export const mul = (a: Operand, b: Operand) => applyBinary(mulOp, a, b);
