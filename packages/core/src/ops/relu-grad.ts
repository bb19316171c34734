/** ReluGrad: the gradient of Relu, an op of its own because every training step spends much of its time here. */

import { UserError } from "../base/index.js";
import { createNode, describeType, type Node, type Value } from "../graph/index.js";
import { sameShape, tensor } from "../tensor/index.js";
import { emitDepthwise, firstInputIsBlockable } from "./depthwise.js";
import { elementwiseLowering } from "./elementwise.js";
import { emitCast } from "./onnx-types.js";
import { elementwiseWork, floats, none, type OpDef, requireSameType } from "./op.js";

/** Beyond 1 for every normal number above 0, so that clipping gives 0 or 1. */
const LARGE = 1e38;
const clipped = { alpha: { float: LARGE }, beta: { float: 0 } };

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
    // y is never negative, so "not zero" is "positive". Both ways beat Sign and Where.
    elementwiseLowering((e, [g, y], node) => {
      const { dtype } = node.inputs[0]!;
      const mask =
        dtype === "float32"
          ? e.emit("HardSigmoid", [y!], { attrs: clipped })
          : emitCast(e, emitCast(e, y!, "bool"), dtype);
      return e.emit("Mul", [g!, mask]);
    }),
    {
      name: "clip",
      applies: firstInputIsBlockable,
      emit(node, e) {
        const [g, y] = node.inputs as [Value, Value];
        const scale = e.constant(
          tensor("float32", [y.shape[1]!], new Float32Array(y.shape[1]!).fill(LARGE)),
        );
        const mask = emitDepthwise(e, e.use(y, "blocked"), y, {
          scale,
          activation: { name: "Clip", params: [0, 1] },
        });
        e.define(node.outputs[0]!, e.emit("Mul", [e.use(g, "blocked"), mask]), "blocked");
      },
    },
  ],
};

/**
 * `grad` where `y`, the result of relu, is positive; 0 elsewhere.
 *
 * @example
 * reluGrad(input("gradient", [3]), input("y", [3])).shape // [3]
 */
export const reluGrad = (grad: Value, y: Value): Value =>
  createNode(reluGradOp, [grad, y], none)[0]!;
