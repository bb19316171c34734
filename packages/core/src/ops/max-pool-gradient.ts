/** MaxPoolGradient: sends the gradient of every window to the first of its largest values. */

import { UserError } from "../base/index.js";
import { createNode, type Value } from "../graph/index.js";
import { elementCount, formatShape, sameShape } from "../tensor/index.js";
import { elementwiseWork, floats, type OpDef, requireSameType } from "./op.js";
import { isTiling, onnxPool, type PoolAttrs, pooledType } from "./pool.js";

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
        const attrs = onnxPool(node.attrs);
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
      // Tiles: the pixels of all windows at one offset are one channel of SpaceToDepth, so the first
      // largest is an ArgMax over few channels and everything else is a pass over long rows.
      name: "tiles",
      applies: ({ inputs: [x], attrs }) =>
        x!.shape.length === 4 &&
        x!.dtype === "float32" &&
        elementCount(x!.shape) > 0 &&
        attrs.kernel[0] === attrs.kernel[1] &&
        isTiling(x!.shape.slice(2), attrs),
      emit(node, e) {
        const [x, g] = node.inputs as [Value, Value];
        const k = node.attrs.kernel[0]!;
        const [n, c, ho, wo] = g.shape as [number, number, number, number];
        const deep = e.emit("SpaceToDepth", [e.use(x)], { attrs: { blocksize: k } });
        const taps = e.emit("Reshape", [deep, e.ints([n, k * k, c * ho * wo])]);
        const first = e.emit("ArgMax", [taps], { attrs: { axis: 1, keepdims: 1 } });
        const rows = e.emit("Reshape", [e.use(g), e.ints([n, 1, c * ho * wo])]);
        const numbers = e.emit("Reshape", [
          e.ints(Array.from({ length: k * k }, (_, i) => i)),
          e.ints([1, k * k, 1]),
        ]);
        const hit = e.emit("Equal", [first, numbers]);
        const sent = e.emit("Where", [hit, rows, e.scalar(x.dtype, 0)]);
        const stacked = e.emit("Reshape", [sent, e.ints([n, k * k * c, ho, wo])]);
        const dx = e.emit("DepthToSpace", [stacked], { attrs: { blocksize: k } });
        e.define(node.outputs[0]!, dx);
      },
    },
  ],
};

/** The gradient of maxPool(x) from that of its result. */
export const maxPoolGradient = (x: Value, g: Value, attrs: PoolAttrs): Value => {
  const { kernel, strides, pads, dilations, ceil } = attrs;
  return createNode(maxPoolGradientOp, [x, g], { kernel, strides, pads, dilations, ceil })[0]!;
};
