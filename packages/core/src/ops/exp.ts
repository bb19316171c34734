/** Exp: e^x. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const expOp = unaryOp({ kind: "Exp", gradient: (f, g, _x, y) => f.mul(g, y) });

/**
 * e^x, element by element.
 *
 * @example
 * const [y] = evaluateHost(exp(x).node, [tensor("float32", [3], [0, 1, 2])]);
 * y!.data // Float32Array [1, 2.718, 7.389]
 */
export const exp = (x: Value): Value => applyUnary(expOp, x);
