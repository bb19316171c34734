/** Less: a < b. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const lessOp = binaryOp({
  kind: "Less",
  result: "bool",
  gradient: { none: "its result is a truth value" },
});

/** Whether a < b, element by element. */
export const less = (a: Operand, b: Operand): Value => applyBinary(lessOp, a, b);
