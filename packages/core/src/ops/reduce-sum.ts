/** ReduceSum: the sum over some axes. */

import {
  type ChannelFlow,
  createNode,
  type Emitter,
  type Node,
  type Value,
} from "../graph/index.js";
import { type DType, elementCount, normaliseAxis, type Shape, tensor } from "../tensor/index.js";
import { linked } from "./channel-flow.js";
import { emitIn } from "./onnx-types.js";
import { numbers, type OpDef, requireSameType, traffic } from "./op.js";

export interface ReduceAttrs {
  /** Counted from the front, ascending. */
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

export interface ReduceOptions {
  /** Default: all axes. */
  readonly axes?: readonly number[];
  /** Keep reduced axes with length 1. Default false. */
  readonly keepDims?: boolean;
}

export function reducedShape(shape: Shape, { axes, keepDims }: ReduceAttrs): Shape {
  return keepDims
    ? shape.map((d, axis) => (axes.includes(axis) ? 1 : d))
    : shape.filter((_, axis) => !axes.includes(axis));
}

export function reduceAttrs(x: Value, { axes, keepDims = false }: ReduceOptions): ReduceAttrs {
  const rank = x.shape.length;
  const list = axes ?? x.shape.map((_, axis) => axis);
  return {
    axes: [...new Set(list.map((a) => normaliseAxis(a, rank)))].sort((a, b) => a - b),
    keepDims,
  };
}

/** Channels pass along the axes that are kept. */
export function reduceFlow({
  inputs,
  outputs,
  attrs: { axes, keepDims },
}: Node<ReduceAttrs>): ChannelFlow {
  const [x, y] = [inputs[0]!, outputs[0]!];
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  return {
    links: kept.map((axis, i) => linked([x, axis], [y, keepDims ? axis : i])),
    zeroWhen: [[0]],
  };
}

export const reduceWork = (node: Node<ReduceAttrs>) => ({
  macs: 0,
  otherOps: elementCount(node.inputs[0]!.shape) - elementCount(node.outputs[0]!.shape),
  ...traffic(node as Node),
});

/**
 * Opset 18 on: every reduction takes its axes as an input. An empty list means none, not all. `native`: the types for
 * which the runtime has a kernel.
 */
export function emitReduce(
  onnx: string,
  node: Node<ReduceAttrs>,
  e: Emitter,
  native: readonly DType[] = ["float32", "float64", "int32", "int64"],
): void {
  const { axes, keepDims } = node.attrs;
  const attrs = { keepdims: keepDims ? 1 : 0, noop_with_empty_axes: 1 };
  const x = node.inputs[0]!;
  const result = emitIn(e, x.dtype, native, [e.use(x)], ([name]) =>
    e.emit(onnx, [name!, e.ints(axes)], { attrs }),
  );
  e.define(node.outputs[0]!, result);
}

export const reduceSumOp: OpDef<ReduceAttrs> = {
  kind: "ReduceSum",
  infer: ([x], attrs) => [
    { dtype: requireSameType([x!], numbers), shape: reducedShape(x!.shape, attrs) },
  ],
  gradient: {
    rule({ node, inputs, grads }, f) {
      const x = inputs[0]!;
      const kept = reducedShape(x.shape, { ...node.attrs, keepDims: true });
      return [f.expand(f.reshape(grads[0]!, kept), x.shape)];
    },
  },
  channels: reduceFlow,
  work: reduceWork,
  lowerings: [
    { name: "reduce", emit: (node, e) => emitReduce("ReduceSum", node, e) },
    {
      // Column sums of a matrix: the product with a row of ones runs on the kernel for products.
      name: "ones",
      applies: ({ inputs: [x], attrs }, target) =>
        target.blockSize > 0 &&
        x!.dtype === "float32" &&
        x!.shape.length === 2 &&
        elementCount(x!.shape) > 0 &&
        attrs.axes.length === 1 &&
        attrs.axes[0] === 0,
      emit(node, e) {
        const x = node.inputs[0]!;
        const rows = x.shape[0]!;
        const ones = tensor("float32", [1, rows], new Float32Array(rows).fill(1));
        const sums = e.emit("MatMul", [e.constant(ones), e.use(x)]);
        e.define(node.outputs[0]!, e.emit("Reshape", [sums, e.ints(node.outputs[0]!.shape)]));
      },
    },
  ],
};

/**
 * The sum over `axes`.
 *
 * @example
 * reduceSum(input("x", [2, 3]), { axes: [1], keepDims: true }).shape // [2, 1]
 */
export const reduceSum = (x: Value, options: ReduceOptions = {}): Value =>
  createNode(reduceSumOp, [x], reduceAttrs(x, options))[0]!;
