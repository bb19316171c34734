/** HardSwish: x * clip(x / 6 + 1/2, 0, 1). */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const hardSwishOp = unaryOp({
  kind: "HardSwish",
  layer: () => "activation",
  keepsZero: true,
  ops: 4,
  native: ["float32"],
  // 0 up to -3, x / 3 + 1/2 between, 1 from 3 on.
  gradient: (f, g, x) => {
    const inner = f.add(f.mul(x, 1 / 3), 0.5);
    const slope = f.where(f.greaterOrEqual(x, 3), 1, f.where(f.greater(x, -3), inner, 0));
    return f.mul(g, slope);
  },
});

/**
 * x * clip(x / 6 + 1/2, 0, 1): the cheap stand-in for x * sigmoid(x) of MobileNetV3.
 *
 * @example
 * const [y] = evaluateHost(hardSwish(x).node, [tensor("float32", [3], [-4, 1, 3])]);
 * y!.data // Float32Array [0, 0.6667, 3]
 */
export const hardSwish = (x: Value): Value => applyUnary(hardSwishOp, x);
