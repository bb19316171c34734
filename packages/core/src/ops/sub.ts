/** Sub: a - b. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import { isNumber, sameAs } from "./identities.js";
import { scaledThenAdd } from "./multiply-add.js";
import { neg } from "./neg.js";
import type { Operand } from "./op.js";

export const subOp = binaryOp({
  kind: "Sub",
  zeroWhen: [[0], [1]],
  gradient: (f, g, _a, _b, _y, needs) => [g, needs[1] ? f.neg(g) : undefined],
  simplify: ({ inputs: [a, b], outputs: [y] }) => (isNumber(b!, 0) ? sameAs(a!, y!) : undefined),
  fuse: ({ inputs: [a, b] }, hasOneReader) =>
    hasOneReader(b!) ? scaledThenAdd(b!, a!, neg) : undefined,
});

/**
 * a - b, broadcast as numpy does.
 *
 * @example
 * const [a, b] = [tensor("float32", [2], [5, 7]), tensor("float32", [2], [2, 10])];
 * const [y] = evaluateHost(sub(input("a", [2]), input("b", [2])).node, [a, b]);
 * y!.data // Float32Array [3, -3]
 */
export const sub = (a: Operand, b: Operand): Value => applyBinary(subOp, a, b);
