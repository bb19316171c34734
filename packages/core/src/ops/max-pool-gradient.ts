/** MaxPoolGradient: sends the gradient of every window to the first of its largest values. */

import { UserError } from "../base/index.js";
import { createNode, type Value } from "../graph/index.js";
import { elementCount, formatShape, sameShape } from "../tensor/index.js";
import { elementwiseWork, floats, type OpDef, requireSameType } from "./op.js";
import { onnxPool, type PoolAttrs, pooledType } from "./pool.js";
import { isBlockedTiling, joinTiles, splitTiles, tapShape } from "./pool-tiles.js";

export const maxPoolGradientOp: OpDef<PoolAttrs> = {
  kind: "MaxPoolGradient",
  infer([x, g], attrs) {
    const dtype = requireSameType([x!, g!], floats);
    const { shape } = pooledType(x!, attrs);
    if (!sameShape(shape, g!.shape)) {
      throw new UserError("E_SHAPE", `a gradient of shape ${formatShape(g!.shape)}`, {
        allowed: formatShape(shape),
      });
    }
    return [{ dtype, shape: x!.shape }];
  },
  gradient: {
    // Linear in g; flat almost everywhere in x.
    rule({ node, inputs, grads, needs }, f) {
      if (!needs[1]) return [undefined, undefined];
      const [x, g] = inputs as [Value, Value];
      const { kernel, strides, pads, dilations, ceil } = node.attrs;
      const options = { kernel, strides, pads, dilations, ceilMode: ceil };
      const [n, c, ...size] = x.shape as [number, number, ...number[]];
      const planes = f.reshape(grads[0]!, [n, c, elementCount(size)]);
      const at = f.reshape(f.maxPoolIndices(x, options), [n, c, elementCount(g.shape.slice(2))]);
      return [undefined, f.reshape(f.gatherElements(planes, at, { axis: 2 }), g.shape)];
    },
  },
  work: (node) => elementwiseWork(node as never, 1 + elementCount(node.attrs.kernel)),
  lowerings: [
    {
      name: "scatter",
      emit(node, e) {
        const [x, g] = node.inputs as [Value, Value];
        const y = node.outputs[0]!;
        const { kernel, strides, dilations } = node.attrs;
        const attrs = onnxPool(x.shape, node.attrs);
        const [, at] = e.emitMany("MaxPool", [e.use(x)], 2, { attrs });
        const flat = (name: string) => e.emit("Reshape", [name, e.ints([-1])]);
        const zero = e.scalar(y.dtype, 0);
        const zeros = e.emit("Expand", [zero, e.ints([elementCount(y.shape)])]);
        const apart = kernel.every((k, i) => dilations[i]! === 1 && k <= strides[i]!);
        const sums = e.emit("ScatterElements", [zeros, flat(at!), flat(e.use(g))], {
          attrs: { axis: 0, reduction: apart ? "none" : "add" },
        });
        e.define(y, e.emit("Reshape", [sums, e.ints(y.shape)]));
      },
    },
    {
      // Over the taps in turn: who equals the maximum takes what is left of the gradient. All of it
      // runs over long rows of whole channel blocks.
      name: "blocked-tiles",
      applies: ({ inputs: [x], attrs }, target) => isBlockedTiling(x!, attrs, target),
      emit(node, e) {
        const [x, g] = node.inputs as [Value, Value];
        const geometry = { shape: x.shape, kernel: node.attrs.kernel };
        const taps = splitTiles(e, e.use(x, "blocked"), geometry);
        const top = e.emit("Max", taps);
        let left = e.emit("Reshape", [e.use(g, "blocked"), e.ints(tapShape(e, geometry))]);
        const sent = taps.map((tap, i) => {
          if (i === taps.length - 1) return left;
          // 1 is FLOAT in ONNX's numbering of types.
          const hit = e.emit("Cast", [e.emit("Equal", [tap, top])], { attrs: { to: 1 } });
          const share = e.emit("Mul", [left, hit]);
          left = e.emit("Sub", [left, share]);
          return share;
        });
        e.define(node.outputs[0]!, joinTiles(e, sent, geometry), "blocked");
      },
    },
  ],
};

/**
 * The gradient of maxPool(x) from that of its result.
 *
 * @example
 * const image = input("x", [8, 16, 32, 32]);
 * const pooled = maxPool(image, { kernel: 2 });
 * gradients(reduceSum(pooled), [image])[0]!.shape // [8, 16, 32, 32]
 */
export const maxPoolGradient = (x: Value, g: Value, attrs: PoolAttrs): Value => {
  const { kernel, strides, pads, dilations, ceil } = attrs;
  return createNode(maxPoolGradientOp, [x, g], { kernel, strides, pads, dilations, ceil })[0]!;
};
