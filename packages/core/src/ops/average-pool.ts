/** AveragePool: the mean of every window. */

import { createNode, type Node, type Value } from "../graph/index.js";
import { elementCount, type Shape } from "../tensor/index.js";
import { imageFlow } from "./channel-flow.js";
import { elementwiseWork, type OpDef } from "./op.js";
import { emitPool, type PoolAttrs, type PoolOptions, poolAttrs, pooledType } from "./pool.js";
import { kernelSpan } from "./window.js";

export interface AveragePoolOptions extends PoolOptions {
  /** Divide by the pixels of the window within image and padding, not by those of the image alone. Default false. */
  readonly countIncludePad?: boolean;
}

export interface AveragePoolAttrs extends PoolAttrs {
  readonly countIncludePad: boolean;
}

/** For every window position of one axis, how many of its pixels count. */
function countsAlong(length: number, axis: number, attrs: AveragePoolAttrs): number[] {
  const { kernel, strides, pads, dilations, countIncludePad } = attrs;
  const begin = pads[axis]!;
  const end = pads[kernel.length + axis]!;
  // What a window covers beyond the padding (ceilMode) never counts.
  const [from, to] = countIncludePad ? [-begin, length + end] : [0, length];
  const span = kernelSpan(kernel[axis]!, dilations[axis]!);
  const counts: number[] = [];
  const steps = (length + begin + end - span) / strides[axis]!;
  let positions = (attrs.ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  if (attrs.ceil && (positions - 1) * strides[axis]! >= length + begin) positions--;
  for (let p = 0; p < positions; p++) {
    let count = 0;
    for (let k = 0; k < kernel[axis]!; k++) {
      const pixel = p * strides[axis]! - begin + k * dilations[axis]!;
      if (pixel >= from && pixel < to) count++;
    }
    counts.push(count);
  }
  return counts;
}

/** Divisor of every window, row-major over the window positions. */
export function windowCounts(size: Shape, attrs: AveragePoolAttrs): number[] {
  return size
    .map((length, axis) => countsAlong(length, axis, attrs))
    .reduce((all, next) => all.flatMap((a) => next.map((b) => a * b)), [1]);
}

export const averagePoolOp: OpDef<AveragePoolAttrs> = {
  kind: "AveragePool",
  layer: () => "pool",
  infer: ([x], attrs) => [pooledType(x!, attrs)],
  gradient: {
    rule: ({ node, inputs, grads }, f) => [
      f.averagePoolGradient(grads[0]!, { ...node.attrs, size: inputs[0]!.shape.slice(2) }),
    ],
  },
  channels: (node) => imageFlow(node as Node),
  work: (node) => elementwiseWork(node as never, elementCount(node.attrs.kernel)),
  lowerings: [
    {
      name: "pool",
      emit(node, e) {
        const attrs = { count_include_pad: node.attrs.countIncludePad ? 1 : 0 };
        emitPool(e, node, { onnx: "AveragePool", attrs });
      },
    },
  ],
};

/**
 * The mean of every window.
 *
 * @example
 * averagePool(input("x", [8, 16, 32, 32]), { kernel: 3, strides: 2, pads: 1 }).shape // [8, 16, 16, 16]
 */
export const averagePool = (x: Value, options: AveragePoolOptions): Value =>
  createNode(averagePoolOp, [x], {
    ...poolAttrs(x, options),
    countIncludePad: options.countIncludePad ?? false,
  })[0]!;
