/** Greater: a > b. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const greaterOp = binaryOp({
  kind: "Greater",
  result: "bool",
  gradient: { none: "its result is a truth value" },
});

/** Whether a > b, element by element. */
export const greater = (a: Operand, b: Operand): Value => applyBinary(greaterOp, a, b);
