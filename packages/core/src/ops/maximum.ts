/** Max: the larger of two. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp, maskOf } from "./elementwise.js";
import type { Operand } from "./op.js";

export const maximumOp = binaryOp({
  kind: "Max",
  gradient: (f, g, a, b) => {
    const wins = maskOf(f, f.greater(a, b), a.dtype);
    const ties = maskOf(f, f.equal(a, b), a.dtype);
    const da = f.mul(g, f.add(wins, f.mul(ties, 0.5)));
    return [da, f.sub(g, da)];
  },
});

/** The larger of a and b, element by element. Where they are equal each gets half of the gradient. */
export const maximum = (a: Operand, b: Operand): Value => applyBinary(maximumOp, a, b);
