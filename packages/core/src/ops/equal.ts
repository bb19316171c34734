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

/**
 * Whether a = b, element by element.
 *
 * @example
 * const [a, b] = [tensor("float32", [2], [5, 7]), tensor("float32", [2], [2, 7])];
 * const [y] = evaluateHost(equal(input("a", [2]), input("b", [2])).node, [a, b]);
 * y!.data // Uint8Array [0, 1]
 */
export const equal = (a: Operand, b: Operand): Value => applyBinary(equalOp, a, b);
