/** Pow: a to the power of b. */

import { constantTensor, type Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import type { Functions } from "./functions.js";
import { isNumber, sameAs } from "./identities.js";
import type { Operand } from "./op.js";

/** b * a^(b - 1), and 0 (undefined) where b is 0 even if a is 0. */
function slope(f: Functions, a: Value, b: Value): Value | undefined {
  const data = constantTensor(b)?.data;
  // The usual case, an exponent that is a plain number, needs no case distinction at run time.
  if (data?.length === 1) {
    const exponent = Number(data[0]);
    return exponent === 0 ? undefined : f.mul(f.pow(a, exponent - 1), exponent);
  }
  // 0 to the power of -1 is kept out of the graph: times 0 it would be NaN in every further derivative.
  const corner = f.and(f.equal(a, 0), f.equal(b, 0));
  return f.mul(b, f.pow(f.where(corner, 1, a), f.sub(b, 1)));
}

export const powOp = binaryOp({
  kind: "Pow",
  native: ["float32", "float64", "int32", "int64"],
  gradient: (f, g, a, b, y, needs) => {
    const da = needs[0] ? slope(f, a, b) : undefined;
    return [
      da && f.mul(g, da),
      // a^b log a; at a = 0 the limit from above, 0, as in PyTorch.
      needs[1] ? f.mul(g, f.mul(y, f.log(f.where(f.equal(a, 0), 1, a)))) : undefined,
    ];
  },
  simplify: ({ inputs: [a, b], outputs: [y] }) => (isNumber(b!, 1) ? sameAs(a!, y!) : undefined),
});

/**
 * a to the power of b, broadcast as numpy does.
 *
 * @example
 * pow(x, 3)
 */
export const pow = (a: Operand, b: Operand): Value => applyBinary(powOp, a, b);
