/** Log: the natural logarithm. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const logOp = unaryOp({ kind: "Log", gradient: (f, g, x) => f.div(g, x) });

/**
 * The natural logarithm.
 *
 * @example
 * const [y] = evaluateHost(log(x).node, [tensor("float32", [3], [1, 2, 4])]);
 * y!.data // Float32Array [0, 0.6931, 1.3863]
 */
export const log = (x: Value): Value => applyUnary(logOp, x);
