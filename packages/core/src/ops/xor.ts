/** Xor: logical exclusive disjunction. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const xorOp = binaryOp({
  kind: "Xor",
  allowed: ["bool"],
  gradient: { none: "its result is a truth value" },
});

/** Either a or b but not both, for truth values. */
export const xor = (a: Operand, b: Operand): Value => applyBinary(xorOp, a, b);
