/** Min: the smaller of two. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp, maskOf } from "./elementwise.js";
import type { Operand } from "./op.js";

export const minimumOp = binaryOp({
  kind: "Min",
  zeroWhen: [[0], [1]],
  gradient: (f, g, a, b) => {
    const wins = maskOf(f, f.less(a, b), a.dtype);
    const ties = maskOf(f, f.equal(a, b), a.dtype);
    const da = f.mul(g, f.add(wins, f.mul(ties, 0.5)));
    return [da, f.sub(g, da)];
  },
});

/**
 * The smaller of a and b, element by element. Where they are equal each gets half of the gradient.
 *
 * @example
 * const [a, b] = [tensor("float32", [2], [5, 7]), tensor("float32", [2], [2, 10])];
 * const [y] = evaluateHost(minimum(input("a", [2]), input("b", [2])).node, [a, b]);
 * y!.data // Float32Array [2, 7]
 */
export const minimum = (a: Operand, b: Operand): Value => applyBinary(minimumOp, a, b);
