/** Greater: a > b. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const greaterOp = binaryOp({
  kind: "Greater",
  result: "bool",
  gradient: { none: "its result is a truth value" },
});

/**
 * Whether a > b, element by element.
 *
 * @example
 * const [a, b] = [tensor("float32", [2], [5, 7]), tensor("float32", [2], [2, 7])];
 * const [y] = evaluateHost(greater(input("a", [2]), input("b", [2])).node, [a, b]);
 * y!.data // Uint8Array [1, 0]
 */
export const greater = (a: Operand, b: Operand): Value => applyBinary(greaterOp, a, b);
