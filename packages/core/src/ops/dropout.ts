/** Dropout: elements set to 0 at random, by noise that is fed, and the others scaled up. */

import { UserError } from "../base/index.js";
import { createNode, describeType, type Node, type Value } from "../graph/index.js";
import { sameShape } from "../tensor/index.js";
import { broadcastLinks } from "./channel-flow.js";
import { elementwiseLowering } from "./elementwise.js";
import { emitCast } from "./onnx-types.js";
import { elementwiseWork, floats, type OpDef, requireSameType } from "./op.js";

export interface DropoutAttrs {
  /** Share of elements that are dropped, in [0, 1). */
  readonly rate: number;
}

export const dropoutOp: OpDef<DropoutAttrs> = {
  kind: "Dropout",
  infer(inputs, { rate }) {
    const [x, noise] = inputs;
    const dtype = requireSameType(inputs, floats);
    if (!sameShape(x!.shape, noise!.shape)) {
      throw new UserError("E_SHAPE", `noise of type ${describeType(noise!)}`, {
        allowed: describeType(x!),
      });
    }
    if (!(rate >= 0 && rate < 1)) {
      throw new UserError("E_SHAPE", `a dropout rate of ${rate}`, { allowed: "0 <= rate < 1" });
    }
    return [{ dtype, shape: x!.shape }];
  },
  // Linear in x, and its own adjoint.
  gradient: {
    rule: ({ node, inputs, grads }, f) => [f.dropout(grads[0]!, inputs[1]!, node.attrs), undefined],
  },
  // Noise is drawn for however many channels there are.
  channels: (node) => ({ links: broadcastLinks(node as Node, [node.inputs[0]!]), zeroWhen: [[0]] }),
  work: (node) => elementwiseWork(node as Node, 3),
  lowerings: [
    // The runtime merges the mask of the forward and the backward pass: the nodes are the same.
    elementwiseLowering((e, [x, noise], node) => {
      const { dtype } = node.inputs[0]!;
      const { rate } = node.attrs;
      const kept = emitCast(e, e.emit("GreaterOrEqual", [noise!, e.scalar(dtype, rate)]), dtype);
      return e.emit("Mul", [x!, e.emit("Mul", [kept, e.scalar(dtype, 1 / (1 - rate))])]);
    }),
  ],
};

/**
 * x where `noise` (uniform in [0, 1), of x's shape) is at least `rate`, divided by 1 - rate; 0 elsewhere.
 *
 * reference: Srivastava et al. 2014, in the inverted form: evaluation needs no scaling.
 *
 * @example
 * dropout(x, input("noise", [3]), { rate: 0.5 }).shape // [3]
 */
export const dropout = (x: Value, noise: Value, { rate }: DropoutAttrs): Value =>
  rate === 0 ? x : createNode(dropoutOp, [x, noise], { rate })[0]!;
