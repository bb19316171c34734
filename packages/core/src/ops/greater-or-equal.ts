/** GreaterOrEqual: a >= b. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const greaterOrEqualOp = binaryOp({
  kind: "GreaterOrEqual",
  result: "bool",
  gradient: { none: "its result is a truth value" },
});

/** Whether a >= b, element by element. */
export const greaterOrEqual = (a: Operand, b: Operand): Value =>
  applyBinary(greaterOrEqualOp, a, b);
