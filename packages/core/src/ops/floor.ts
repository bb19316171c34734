/** Floor: rounds down. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const floorOp = unaryOp({ kind: "Floor", keepsZero: true, gradient: () => undefined });

/**
 * The largest integer that is not above x. Its gradient is 0.
 *
 * @example
 * const [y] = evaluateHost(floor(x).node, [tensor("float32", [3], [-1.5, 0.2, 1])]);
 * y!.data // Float32Array [-2, 0, 1]
 */
export const floor = (x: Value): Value => applyUnary(floorOp, x);
