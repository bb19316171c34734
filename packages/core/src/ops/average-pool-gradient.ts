/** AveragePoolGradient: spreads the gradient of every window evenly over what was averaged. */

import { UserError } from "../base/index.js";
import { createNode, type Value } from "../graph/index.js";
import { elementCount, formatShape, type Shape, sameShape, tensor } from "../tensor/index.js";
import { type AveragePoolAttrs, windowCounts } from "./average-pool.js";
import { elementwiseWork, type OpDef } from "./op.js";
import { pooledType } from "./pool.js";
import { isBlockedTiling, joinTiles, tapShape } from "./pool-tiles.js";
import { kernelSpan } from "./window.js";

export interface AveragePoolGradientAttrs extends AveragePoolAttrs {
  /** Spatial size of the image that was pooled. */
  readonly size: Shape;
}

export const averagePoolGradientOp: OpDef<AveragePoolGradientAttrs> = {
  kind: "AveragePoolGradient",
  infer([g], attrs) {
    const shape = [...g!.shape.slice(0, 2), ...attrs.size];
    const expected = pooledType({ dtype: g!.dtype, shape }, attrs);
    if (!sameShape(expected.shape, g!.shape)) {
      throw new UserError("E_SHAPE", `a gradient of shape ${formatShape(g!.shape)}`, {
        allowed: formatShape(expected.shape),
      });
    }
    return [{ dtype: g!.dtype, shape }];
  },
  gradient: {
    rule({ node, grads }, f) {
      const { ceil, ...options } = node.attrs;
      return [f.averagePool(grads[0]!, { ...options, ceilMode: ceil })];
    },
  },
  work(node) {
    const each = elementCount(node.inputs[0]!.shape);
    return {
      ...elementwiseWork(node as never),
      otherOps: each * (elementCount(node.attrs.kernel) + 1),
    };
  },
  lowerings: [
    {
      // A transposed convolution with a kernel of ones, every channel an image of its own.
      name: "transposed",
      emit(node, e) {
        const g = node.inputs[0]!;
        const y = node.outputs[0]!;
        const { kernel, strides, pads, dilations, size } = node.attrs;
        const counts = windowCounts(size, node.attrs);
        const shares = e.constant(
          tensor(
            g.dtype,
            [1, 1, ...g.shape.slice(2)],
            counts.map((n) => 1 / n),
          ),
        );
        const shared = e.emit("Mul", [e.use(g), shares]);
        const planes = e.emit("Reshape", [shared, e.ints([-1, 1, ...g.shape.slice(2)])]);
        const ones = tensor(
          g.dtype,
          [1, 1, ...kernel],
          kernel.reduce<number[]>((all, k) => Array.from({ length: all.length * k }, () => 1), [1]),
        );
        // Windows that reach over the end are cropped as if the padding were wider; a remainder is added.
        const over = size.map(
          (length, i) =>
            (g.shape[i + 2]! - 1) * strides[i]! +
            kernelSpan(kernel[i]!, dilations[i]!) -
            pads[i]! -
            length,
        );
        const attrs = {
          kernel_shape: kernel,
          strides,
          dilations,
          pads: [...pads.slice(0, size.length), ...over.map((o) => Math.max(0, o))],
          output_padding: over.map((o) => Math.max(0, -o)),
        };
        const spread = e.emit("ConvTranspose", [planes, e.constant(ones)], { attrs });
        e.define(y, e.emit("Reshape", [spread, e.ints([-1, ...y.shape.slice(1)])]));
      },
    },
    {
      name: "blocked-tiles",
      applies: ({ outputs: [y], attrs }, target) => isBlockedTiling(y!, attrs, target),
      emit(node, e) {
        const g = node.inputs[0]!;
        const y = node.outputs[0]!;
        const { kernel } = node.attrs;
        const tiles = { shape: y.shape, kernel };
        const share = e.scalar(g.dtype, 1 / elementCount(kernel));
        const shared = e.emit("Mul", [e.use(g, "blocked"), share]);
        const tap = e.emit("Reshape", [shared, e.ints(tapShape(e, tiles))]);
        const taps = new Array<string>(elementCount(kernel)).fill(tap);
        e.define(y, joinTiles(e, taps, tiles), "blocked");
      },
    },
  ],
};

/**
 * The gradient of averagePool, of an image of spatial `size`, from that of its result.
 *
 * @example
 * const image = input("x", [8, 16, 32, 32]);
 * const pooled = averagePool(image, { kernel: 2 });
 * gradients(reduceSum(pooled), [image])[0]!.shape // [8, 16, 32, 32]
 */
export const averagePoolGradient = (g: Value, attrs: AveragePoolGradientAttrs): Value => {
  const { kernel, strides, pads, dilations, ceil, countIncludePad, size } = attrs;
  const own = { kernel, strides, pads, dilations, ceil, countIncludePad, size };
  return createNode(averagePoolGradientOp, [g], own)[0]!;
};
