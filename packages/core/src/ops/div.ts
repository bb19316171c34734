/** Div: a / b. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import { isNumber, sameAs } from "./identities.js";
import type { Operand } from "./op.js";

export const divOp = binaryOp({
  kind: "Div",
  zeroWhen: [[0]],
  gradient: (f, g, _a, b, y, needs) => {
    const da = f.div(g, b);
    return [da, needs[1] ? f.neg(f.mul(da, y)) : undefined];
  },
  simplify: ({ inputs: [a, b], outputs: [y] }) => (isNumber(b!, 1) ? sameAs(a!, y!) : undefined),
});

/**
 * a / b, broadcast as numpy does. Integers are cut off towards 0.
 *
 * @example
 * const [a, b] = [tensor("float32", [2], [5, 7]), tensor("float32", [2], [2, 10])];
 * const [y] = evaluateHost(div(input("a", [2]), input("b", [2])).node, [a, b]);
 * y!.data // Float32Array [2.5, 0.7]
 */
export const div = (a: Operand, b: Operand): Value => applyBinary(divOp, a, b);
