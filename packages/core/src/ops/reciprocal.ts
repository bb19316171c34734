/** Reciprocal: 1 / x. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const reciprocalOp = unaryOp({
  kind: "Reciprocal",
  gradient: (f, g, _x, y) => f.neg(f.mul(g, f.mul(y, y))),
});

/**
 * 1 / x.
 *
 * @example
 * const [y] = evaluateHost(reciprocal(x).node, [tensor("float32", [3], [1, 2, 4])]);
 * y!.data // Float32Array [1, 0.5, 0.25]
 */
export const reciprocal = (x: Value): Value => applyUnary(reciprocalOp, x);
