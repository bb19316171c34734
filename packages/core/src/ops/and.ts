/** And: logical conjunction. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const andOp = binaryOp({
  kind: "And",
  allowed: ["bool"],
  gradient: { none: "its result is a truth value" },
});

/**
 * a and b, for truth values.
 *
 * @example
 * const [a, b] = [tensor("bool", [2], [0, 1]), tensor("bool", [2], [1, 1])];
 * const [y] = evaluateHost(and(input("a", [2], "bool"), input("b", [2], "bool")).node, [a, b]);
 * y!.data // Uint8Array [0, 1]
 */
export const and = (a: Operand, b: Operand): Value => applyBinary(andOp, a, b);
