/** And: logical conjunction. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const andOp = binaryOp({
  kind: "And",
  allowed: ["bool"],
  gradient: { none: "its result is a truth value" },
});

/** a and b, for truth values. */
export const and = (a: Operand, b: Operand): Value => applyBinary(andOp, a, b);
