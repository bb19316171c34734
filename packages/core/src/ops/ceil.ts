/** Ceil: rounds up. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const ceilOp = unaryOp({ kind: "Ceil", keepsZero: true, gradient: () => undefined });

/**
 * The smallest integer that is not below x. Its gradient is 0.
 *
 * @example
 * const [y] = evaluateHost(ceil(x).node, [tensor("float32", [3], [-1.5, 0.2, 1])]);
 * y!.data // Float32Array [-1, 1, 1]
 */
export const ceil = (x: Value): Value => applyUnary(ceilOp, x);
