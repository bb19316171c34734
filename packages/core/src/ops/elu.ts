/** Elu: x where positive, alpha * (e^x - 1) elsewhere. */

import { createNode, type Value } from "../graph/index.js";
import { unaryOp } from "./elementwise.js";

export interface EluAttrs {
  readonly alpha: number;
}

export const eluOp = unaryOp<EluAttrs>({
  kind: "Elu",
  layer: () => "activation",
  keepsZero: true,
  ops: 3,
  native: ["float32"],
  onnxAttrs: ({ alpha }) => ({ alpha: { float: alpha } }),
  // d/dx alpha (e^x - 1) = alpha e^x = y + alpha
  gradient: (f, g, x, y, { alpha }) => f.where(f.greater(x, 0), g, f.mul(g, f.add(y, alpha))),
});

/**
 * x where it is positive, `alpha` (default 1) times e^x - 1 elsewhere.
 *
 * @example
 * const [y] = evaluateHost(elu(x).node, [tensor("float32", [3], [-1, 0, 2])]);
 * y!.data // Float32Array [-0.632, 0, 2]
 */
export const elu = (x: Value, { alpha = 1 }: Partial<EluAttrs> = {}): Value =>
  createNode(eluOp, [x], { alpha })[0]!;
