/** LeakyRelu: x where positive, slope * x elsewhere. */

import { createNode, type Value } from "../graph/index.js";
import { unaryOp } from "./elementwise.js";

export interface LeakyReluAttrs {
  readonly slope: number;
}

export const leakyReluOp = unaryOp<LeakyReluAttrs>({
  kind: "LeakyRelu",
  layer: () => "activation",
  keepsZero: true,
  ops: 2,
  native: ["float32"],
  onnxAttrs: ({ slope }) => ({ alpha: { float: slope } }),
  gradient: (f, g, x, _y, { slope }) => f.where(f.greater(x, 0), g, f.mul(g, slope)),
});

/**
 * x where it is positive, `slope` (default 0.01) times x elsewhere.
 *
 * @example
 * const [y] = evaluateHost(leakyRelu(x).node, [tensor("float32", [3], [-1, 0, 2])]);
 * y!.data // Float32Array [-0.01, 0, 2]
 */
export const leakyRelu = (x: Value, { slope = 0.01 }: Partial<LeakyReluAttrs> = {}): Value =>
  createNode(leakyReluOp, [x], { slope })[0]!;
