/** Mul: a * b. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import { isNumber, sameAs } from "./identities.js";
import type { Operand } from "./op.js";

export const mulOp = binaryOp({
  kind: "Mul",
  gradient: (f, g, a, b, _y, needs) => [
    needs[0] ? f.mul(g, b) : undefined,
    needs[1] ? f.mul(g, a) : undefined,
  ],
  simplify: ({ inputs: [a, b], outputs: [y] }) =>
    isNumber(b!, 1) ? sameAs(a!, y!) : isNumber(a!, 1) ? sameAs(b!, y!) : undefined,
});

/** a * b, broadcast as numpy does. */
export const mul = (a: Operand, b: Operand): Value => applyBinary(mulOp, a, b);
