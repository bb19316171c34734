/** Cos: the cosine. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const cosOp = unaryOp({ kind: "Cos", gradient: (f, g, x) => f.neg(f.mul(g, f.sin(x))) });

/**
 * The cosine of x radians.
 *
 * @example
 * const [y] = evaluateHost(cos(x).node, [tensor("float32", [3], [0, 1, 2])]);
 * y!.data // Float32Array [1, 0.5403, -0.4161]
 */
export const cos = (x: Value): Value => applyUnary(cosOp, x);
