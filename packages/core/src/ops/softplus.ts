/** Softplus: log(1 + e^x). */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const softplusOp = unaryOp({
  kind: "Softplus",
  layer: () => "activation",
  gradient: (f, g, x) => f.mul(g, f.sigmoid(x)),
  ops: 3,
  native: ["float32"],
});

/**
 * log(1 + e^x), without overflow for large x.
 *
 * @example
 * const [y] = evaluateHost(softplus(x).node, [tensor("float32", [3], [-1, 0, 1])]);
 * y!.data // Float32Array [0.3133, 0.6931, 1.3133]
 */
export const softplus = (x: Value): Value => applyUnary(softplusOp, x);
