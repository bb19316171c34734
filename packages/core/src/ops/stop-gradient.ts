/** StopGradient: a value that counts as a constant when differentiating. */

import { createNode, type Value } from "../graph/index.js";
import { aliasLowering } from "./elementwise.js";
import { none, type OpDef, viewWork } from "./op.js";

export const stopGradientOp: OpDef = {
  kind: "StopGradient",
  infer: ([x]) => [{ dtype: x!.dtype, shape: x!.shape }],
  gradient: { rule: () => [undefined] },
  work: viewWork,
  simplify: ({ inputs }) => inputs[0],
  lowerings: [aliasLowering((node) => node.inputs[0]!)],
};

/** x, through which no gradient flows. */
export const stopGradient = (x: Value): Value => createNode(stopGradientOp, [x], none)[0]!;
