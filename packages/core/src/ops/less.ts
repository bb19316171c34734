/** Less: a < b. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Operand } from "./op.js";

export const lessOp = binaryOp({
  kind: "Less",
  result: "bool",
  gradient: { none: "its result is a truth value" },
});

/**
 * Whether a < b, element by element.
 *
 * @example
 * const [a, b] = [tensor("float32", [2], [5, 7]), tensor("float32", [2], [2, 7])];
 * const [y] = evaluateHost(less(input("a", [2]), input("b", [2])).node, [a, b]);
 * y!.data // Uint8Array [0, 0]
 */
export const less = (a: Operand, b: Operand): Value => applyBinary(lessOp, a, b);
