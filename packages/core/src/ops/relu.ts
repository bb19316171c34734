/** Relu: max(x, 0). */

import type { Value } from "../graph/index.js";
import { affineThenRelu } from "./channel-affine.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const reluOp = unaryOp({
  kind: "Relu",
  layer: () => "activation",
  keepsZero: true,
  // From the result, not the input: the input need not be kept.
  gradient: (f, g, _x, y) => f.reluGrad(g, y),
  fuse: ({ inputs: [x] }, hasOneReader) => (hasOneReader(x!) ? affineThenRelu(x!) : undefined),
});

/**
 * max(x, 0); the gradient at 0 is 0.
 *
 * @example
 * const [y] = evaluateHost(relu(x).node, [tensor("float32", [3], [-1, 0, 2])]);
 * y!.data // Float32Array [0, 0, 2]
 */
export const relu = (x: Value): Value => applyUnary(reluOp, x);
