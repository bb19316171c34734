/** Round: rounds to the nearest integer. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const roundOp = unaryOp({ kind: "Round", keepsZero: true, gradient: () => undefined });

/**
 * The nearest integer; halves go to the even one, as IEEE 754 says. Its gradient is 0.
 *
 * @example
 * const [y] = evaluateHost(round(x).node, [tensor("float32", [3], [0.5, 1.5, 2.4])]);
 * y!.data // Float32Array [0, 2, 2]
 */
export const round = (x: Value): Value => applyUnary(roundOp, x);
