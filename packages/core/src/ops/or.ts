/** Or: logical disjunction. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const orOp = binaryOp({
  kind: "Or",
  allowed: ["bool"],
  gradient: { none: "its result is a truth value" },
});

/**
 * a or b, or both, for truth values.
 *
 * @example
 * const [a, b] = [tensor("bool", [2], [0, 1]), tensor("bool", [2], [1, 1])];
 * const [y] = evaluateHost(or(input("a", [2], "bool"), input("b", [2], "bool")).node, [a, b]);
 * y!.data // Uint8Array [1, 1]
 */
export const or = (a: Operand, b: Operand): Value => applyBinary(orOp, a, b);
