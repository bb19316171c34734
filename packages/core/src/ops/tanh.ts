/** Tanh: the hyperbolic tangent. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const tanhOp = unaryOp({
  kind: "Tanh",
  layer: () => "activation",
  keepsZero: true,
  gradient: (f, g, _x, y) => f.mul(g, f.sub(1, f.mul(y, y))),
});

/**
 * The hyperbolic tangent.
 *
 * @example
 * const [y] = evaluateHost(tanh(x).node, [tensor("float32", [3], [-1, 0, 1])]);
 * y!.data // Float32Array [-0.7616, 0, 0.7616]
 */
export const tanh = (x: Value): Value => applyUnary(tanhOp, x);
