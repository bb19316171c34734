/** StraightThrough: the value of a hard decision with the gradient of its soft counterpart. */

import { UserError } from "../base/index.js";
import { createNode, describeType, type Node, type Value } from "../graph/index.js";
import { sameShape } from "../tensor/index.js";
import { broadcastLinks } from "./channel-flow.js";
import { aliasLowering } from "./elementwise.js";
import { floats, none, type OpDef, requireSameType, viewWork } from "./op.js";

export const straightThroughOp: OpDef = {
  kind: "StraightThrough",
  infer(inputs) {
    const [hard, soft] = inputs;
    const dtype = requireSameType(inputs, floats);
    if (!sameShape(hard!.shape, soft!.shape)) {
      throw new UserError("E_SHAPE", `a soft value of type ${describeType(soft!)}`, {
        allowed: describeType(hard!),
      });
    }
    return [{ dtype, shape: hard!.shape }];
  },
  gradient: { rule: ({ grads }) => [undefined, grads[0]] },
  channels: (node) => ({ links: broadcastLinks(node as Node), zeroWhen: [[0]] }),
  work: viewWork,
  simplify: ({ inputs }) => inputs[0],
  lowerings: [aliasLowering((node) => node.inputs[0]!)],
};

/**
 * `hard` going forward, `soft` going backward.
 *
 * reference: Bengio, Leonard and Courville 2013, arXiv:1308.3432.
 *
 * @example
 * const p = sigmoid(x);
 * const open = straightThrough(cast(greater(p, 0.5), "float32"), p);
 */
export const straightThrough = (hard: Value, soft: Value): Value =>
  createNode(straightThroughOp, [hard, soft], none)[0]!;
