/** Sigmoid: 1 / (1 + e^-x). */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const sigmoidOp = unaryOp({
  kind: "Sigmoid",
  layer: () => "activation",
  gradient: (f, g, _x, y) => f.mul(g, f.mul(y, f.sub(1, y))),
  ops: 3,
});

/**
 * The logistic function 1 / (1 + e^-x).
 *
 * @example
 * const [y] = evaluateHost(sigmoid(x).node, [tensor("float32", [3], [-1, 0, 1])]);
 * y!.data // Float32Array [0.2689, 0.5, 0.7311]
 */
export const sigmoid = (x: Value): Value => applyUnary(sigmoidOp, x);
