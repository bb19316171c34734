/** StopGradient: a value that counts as a constant when differentiating. */

import { createNode, type Node, type Value } from "../graph/index.js";
import { broadcastLinks } from "./channel-flow.js";
import { aliasLowering } from "./elementwise.js";
import { none, type OpDef, viewWork } from "./op.js";

export const stopGradientOp: OpDef = {
  kind: "StopGradient",
  infer: ([x]) => [{ dtype: x!.dtype, shape: x!.shape }],
  gradient: { rule: () => [undefined] },
  channels: (node) => ({ links: broadcastLinks(node as Node), zeroWhen: [[0]] }),
  work: viewWork,
  simplify: ({ inputs }) => inputs[0],
  lowerings: [aliasLowering((node) => node.inputs[0]!)],
};

/**
 * x, through which no gradient flows.
 *
 * @example
 * const [y] = evaluateHost(stopGradient(x).node, [tensor("float32", [3], [1, 2, 3])]);
 * y!.data // Float32Array [1, 2, 3]
 */
export const stopGradient = (x: Value): Value => createNode(stopGradientOp, [x], none)[0]!;
