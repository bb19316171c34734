/** ReluGrad: the gradient of Relu, an op of its own because every training step spends much of its time here. */

import { UserError } from "../base/index.js";
import { createNode, describeType, type Node, type Value } from "../graph/index.js";
import { sameShape } from "../tensor/index.js";
import { elementwiseLowering } from "./elementwise.js";
import { emitCast } from "./onnx-types.js";
import { elementwiseWork, floats, none, type OpDef, requireSameType } from "./op.js";

export const reluGradOp: OpDef = {
  kind: "ReluGrad",
  infer(inputs) {
    const [g, y] = inputs;
    const dtype = requireSameType(inputs, floats);
    if (!sameShape(g!.shape, y!.shape)) {
      throw new UserError("E_SHAPE", `a gradient of type ${describeType(g!)}`, {
        allowed: describeType(y!),
      });
    }
    return [{ dtype, shape: y!.shape }];
  },
  // Piecewise constant in y.
  gradient: { rule: ({ inputs, grads }, f) => [f.reluGrad(grads[0]!, inputs[1]!), undefined] },
  work: (node) => elementwiseWork(node as Node, 2),
  lowerings: [
    // y is never negative, so "not zero" is "positive"; the casts beat Sign and Where.
    elementwiseLowering((e, [g, y], node) =>
      e.emit("Mul", [g!, emitCast(e, emitCast(e, y!, "bool"), node.inputs[0]!.dtype)]),
    ),
  ],
};

/** `grad` where `y`, the result of relu, is positive; 0 elsewhere. */
export const reluGrad = (grad: Value, y: Value): Value =>
  createNode(reluGradOp, [grad, y], none)[0]!;
