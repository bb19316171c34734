/** Xor: logical exclusive disjunction. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const xorOp = binaryOp({
  kind: "Xor",
  allowed: ["bool"],
  gradient: { none: "its result is a truth value" },
});

/**
 * Either a or b but not both, for truth values.
 *
 * @example
 * const [a, b] = [tensor("bool", [2], [0, 1]), tensor("bool", [2], [1, 1])];
 * const [y] = evaluateHost(xor(input("a", [2], "bool"), input("b", [2], "bool")).node, [a, b]);
 * y!.data // Uint8Array [1, 0]
 */
export const xor = (a: Operand, b: Operand): Value => applyBinary(xorOp, a, b);
