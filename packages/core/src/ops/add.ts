/** Add: a + b. */

import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const addOp = binaryOp({ kind: "Add", gradient: (_f, g) => [g, g] });

/**
 * a + b, broadcast as numpy does.
 *
 * @example
 * add(input("a", [2, 3]), input("b", [3])).shape // [2, 3]
 */
export const add = (a: Operand, b: Operand) => applyBinary(addOp, a, b);
