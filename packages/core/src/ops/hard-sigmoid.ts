/** HardSigmoid: clip(alpha * x + beta, 0, 1). */

import { createNode, type Value } from "../graph/index.js";
import { maskOf, unaryOp } from "./elementwise.js";

export interface HardSigmoidAttrs {
  readonly alpha: number;
  readonly beta: number;
}

export const hardSigmoidOp = unaryOp<HardSigmoidAttrs>({
  kind: "HardSigmoid",
  layer: () => "activation",
  ops: 4,
  native: ["float32"],
  onnxAttrs: ({ alpha, beta }) => ({ alpha: { float: alpha }, beta: { float: beta } }),
  gradient: (f, g, _x, y, { alpha }) => {
    const inside = f.and(f.greater(y, 0), f.less(y, 1));
    return f.mul(f.mul(g, alpha), maskOf(f, inside, y.dtype));
  },
});

/**
 * clip(alpha * x + beta, 0, 1). Defaults as in PyTorch and MobileNetV3: alpha 1/6, beta 1/2 (ONNX itself: 0.2).
 *
 * @example
 * const [y] = evaluateHost(hardSigmoid(x).node, [tensor("float32", [3], [-4, 0, 3])]);
 * y!.data // Float32Array [0, 0.5, 1]
 */
export const hardSigmoid = (
  x: Value,
  { alpha = 1 / 6, beta = 0.5 }: Partial<HardSigmoidAttrs> = {},
): Value => createNode(hardSigmoidOp, [x], { alpha, beta })[0]!;
