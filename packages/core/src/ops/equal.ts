/** Equal: a = b. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import { numbers, type Operand } from "./op.js";

export const equalOp = binaryOp({
  kind: "Equal",
  result: "bool",
  allowed: [...numbers, "bool"],
  gradient: { none: "its result is a truth value" },
});

/** Whether a = b, element by element. */
export const equal = (a: Operand, b: Operand): Value => applyBinary(equalOp, a, b);
