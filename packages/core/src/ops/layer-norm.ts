/** LayerNormalization: zero mean and unit variance over the last axes of every sample. */

import { UserError } from "../base/index.js";
import { createNode, type Value } from "../graph/index.js";
import {
  elementCount,
  formatShape,
  normaliseAxis,
  type Shape,
  sameShape,
  tensor,
} from "../tensor/index.js";
import { elementwiseWork, floats, type OpDef, requireSameType } from "./op.js";

export interface LayerNormOptions {
  /** Of the shape of the normalised axes. */
  readonly scale?: Value;
  /** Of the shape of the normalised axes; only with a scale. */
  readonly bias?: Value;
  /** First normalised axis. Default -1. */
  readonly axis?: number;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

export interface LayerNormAttrs {
  /** Counted from the front. */
  readonly axis: number;
  readonly epsilon: number;
}

export const layerNormOp: OpDef<LayerNormAttrs> = {
  kind: "LayerNormalization",
  layer: () => "norm",
  infer(inputs, { axis }) {
    const [x, ...vectors] = inputs;
    const dtype = requireSameType(inputs, floats);
    const shape = x!.shape.slice(axis);
    for (const v of vectors) {
      if (!sameShape(v.shape, shape)) {
        throw new UserError("E_SHAPE", `a scale or bias of shape ${formatShape(v.shape)}`, {
          allowed: `${formatShape(shape)}, the axes of ${formatShape(x!.shape)} from ${axis} on`,
        });
      }
    }
    return [{ dtype, shape: x!.shape }];
  },
  gradient: {
    // With h = (x - mean) / s and u = g * scale: dx = (u - mean(u) - h * mean(u h)) / s.
    rule({ node, inputs, grads, needs }, f) {
      const [x, scale, bias] = inputs as [Value, Value | undefined, Value | undefined];
      const { axis, epsilon } = node.attrs;
      const g = grads[0]!;
      const axes = x.shape.flatMap((_, i) => (i >= axis ? [i] : []));
      const mean = (v: Value) => f.reduceMean(v, { axes, keepDims: true });
      const centred = f.sub(x, mean(x));
      const inverse = f.reciprocal(f.sqrt(f.add(mean(f.mul(centred, centred)), epsilon)));
      const h = f.mul(centred, inverse);
      const dx = () => {
        const u = scale ? f.mul(g, scale) : g;
        return f.mul(inverse, f.sub(f.sub(u, mean(u)), f.mul(h, mean(f.mul(u, h)))));
      };
      return [
        needs[0] ? dx() : undefined,
        scale && needs[1] ? f.sumTo(f.mul(g, h), scale.shape) : undefined,
        bias && needs[2] ? f.sumTo(g, bias.shape) : undefined,
      ];
    },
  },
  // Two for each of mean, variance and result, and one each for scale and bias.
  work: (node) => elementwiseWork(node as never, 5 + node.inputs.length),
  lowerings: [
    {
      name: "normalise",
      emit(node, e) {
        const [x, ...rest] = node.inputs as [Value, ...Value[]];
        const { axis, epsilon } = node.attrs;
        const names = rest.map((v) => e.use(v));
        if (names.length === 0) names.push(e.constant(onesOf(x.dtype, x.shape.slice(axis))));
        const attrs = { axis, epsilon: { float: epsilon } };
        e.define(node.outputs[0]!, e.emit("LayerNormalization", [e.use(x), ...names], { attrs }));
      },
    },
  ],
};

const onesOf = (dtype: Value["dtype"], shape: Shape) =>
  tensor(dtype, shape, new Array<number>(elementCount(shape)).fill(1));

/**
 * (x - mean) / sqrt(variance + epsilon) * scale + bias, mean and variance over the axes from `axis` on.
 *
 * Reference: Ba, Kiros and Hinton, 2016.
 *
 * @example
 * layerNorm(input("x", [8, 16]), { scale: input("scale", [16]) }).shape // [8, 16]
 */
export function layerNorm(x: Value, options: LayerNormOptions = {}): Value {
  const { scale, bias, axis = -1, epsilon = 1e-5 } = options;
  if (bias && !scale) {
    throw new UserError("E_SHAPE", "layerNorm was given a bias without a scale", {
      allowed: "neither, a scale, or both",
    });
  }
  const inputs = [x, ...(scale ? [scale] : []), ...(bias ? [bias] : [])];
  const attrs = { axis: normaliseAxis(axis, x.shape.length), epsilon };
  return createNode(layerNormOp, inputs, attrs)[0]!;
}
