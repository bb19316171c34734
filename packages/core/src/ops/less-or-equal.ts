/** LessOrEqual: a <= b. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const lessOrEqualOp = binaryOp({
  kind: "LessOrEqual",
  result: "bool",
  gradient: { none: "its result is a truth value" },
});

/** Whether a <= b, element by element. */
export const lessOrEqual = (a: Operand, b: Operand): Value => applyBinary(lessOrEqualOp, a, b);
