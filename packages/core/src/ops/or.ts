/** Or: logical disjunction. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const orOp = binaryOp({
  kind: "Or",
  allowed: ["bool"],
  gradient: { none: "its result is a truth value" },
});

/** a or b, or both, for truth values. */
export const or = (a: Operand, b: Operand): Value => applyBinary(orOp, a, b);
