/** Clip: x, but not below min nor above max. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { broadcastLinks } from "./channel-flow.js";
import { elementwiseLowering, maskOf } from "./elementwise.js";
import { elementwiseWork, numbers, type OpDef, requireSameType } from "./op.js";

export interface ClipAttrs {
  readonly min?: number;
  readonly max?: number;
}

export const clipOp: OpDef<ClipAttrs> = {
  kind: "Clip",
  layer: () => "activation",
  infer(inputs, { min = -Infinity, max = Infinity }) {
    if (min > max) {
      throw new UserError("E_SHAPE", `the limits of clip are ${min} and ${max}`, {
        allowed: "min <= max",
      });
    }
    return [{ dtype: requireSameType(inputs, numbers), shape: inputs[0]!.shape }];
  },
  gradient: {
    // As in PyTorch, the limits themselves let the gradient through.
    rule({ node, inputs, grads }, f) {
      const x = inputs[0]!;
      const { min, max } = node.attrs;
      const above = min === undefined ? undefined : f.greaterOrEqual(x, min);
      const below = max === undefined ? undefined : f.lessOrEqual(x, max);
      const inside = above && below ? f.and(above, below) : (above ?? below);
      return [inside ? f.mul(grads[0]!, maskOf(f, inside, x.dtype)) : grads[0]];
    },
  },
  channels: (node) => ({
    links: broadcastLinks(node as Node),
    ...((node.attrs.min ?? 0) <= 0 && (node.attrs.max ?? 0) >= 0 ? { zeroWhen: [[0]] } : {}),
  }),
  work: (node) => elementwiseWork(node as Node, 2),
  lowerings: [
    elementwiseLowering((e, [x], { attrs: { min, max }, inputs }) => {
      const { dtype } = inputs[0]!;
      const limits = [
        min === undefined ? "" : e.scalar(dtype, min),
        max === undefined ? "" : e.scalar(dtype, max),
      ];
      return e.emit("Clip", [x!, ...(max === undefined ? limits.slice(0, 1) : limits)]);
    }),
  ],
};

/**
 * x limited to [min, max]; a limit that is not given does not exist.
 *
 * @example
 * // relu6
 * clip(x, { min: 0, max: 6 })
 */
export const clip = (x: Value, limits: ClipAttrs): Value => createNode(clipOp, [x], limits)[0]!;
