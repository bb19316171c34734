/** Gemm: alpha * A B + beta * C for matrices, either of which may be read transposed. */

import { UserError } from "../base/index.js";
import { createNode, type Value } from "../graph/index.js";
import { broadcastShapes, elementCount, formatShape, sameShape } from "../tensor/index.js";
import { biasLinks, linked } from "./channel-flow.js";
import { floats, type OpDef, requireSameType, traffic } from "./op.js";

export interface GemmAttrs {
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
  readonly beta: number;
}

export interface GemmOptions extends Partial<GemmAttrs> {
  /** Added to the product; broadcast to its shape. */
  readonly c?: Value;
}

export const gemmOp: OpDef<GemmAttrs> = {
  kind: "Gemm",
  layer: () => "linear",
  infer(inputs, { transA, transB }) {
    const [a, b, c] = inputs;
    const dtype = requireSameType(inputs, floats);
    const [m, k] = transA ? a!.shape.toReversed() : a!.shape;
    const [kb, n] = transB ? b!.shape.toReversed() : b!.shape;
    if (a!.shape.length !== 2 || b!.shape.length !== 2 || k !== kb) {
      const side = (shape: readonly number[], transposed: boolean) =>
        `${formatShape(shape)}${transposed ? " transposed" : ""}`;
      throw new UserError(
        "E_SHAPE",
        `cannot multiply ${side(a!.shape, transA)} by ${side(b!.shape, transB)}`,
        { allowed: "[m, k] by [k, n]" },
      );
    }
    const shape = [m!, n!];
    if (c && !sameShape(broadcastShapes(c.shape, shape), shape)) {
      throw new UserError("E_SHAPE", `c of shape ${formatShape(c.shape)}`, {
        allowed: `a shape that broadcasts to ${formatShape(shape)}`,
      });
    }
    return [{ dtype, shape }];
  },
  gradient: {
    rule({ node, inputs, grads, needs }, f) {
      const [a, b, c] = inputs as [Value, Value, Value | undefined];
      const { transA, transB, alpha, beta } = node.attrs;
      const g = grads[0]!;
      const da = () =>
        transA
          ? f.gemm(b, g, { transA: transB, transB: true, alpha })
          : f.gemm(g, b, { transB: !transB, alpha });
      const db = () =>
        transB
          ? f.gemm(g, a, { transA: true, transB: transA, alpha })
          : f.gemm(a, g, { transA: !transA, alpha });
      const dc = () => f.sumTo(beta === 1 ? g : f.mul(g, beta), c!.shape);
      return [
        needs[0] ? da() : undefined,
        needs[1] ? db() : undefined,
        needs[2] ? dc() : undefined,
      ];
    },
  },
  channels({ inputs, outputs, attrs: { transA, transB } }) {
    const [a, b, c] = inputs as [Value, Value, Value | undefined];
    const y = outputs[0]!;
    const [rows, depth] = transA ? [1, 0] : [0, 1];
    const [depthB, columns] = transB ? [1, 0] : [0, 1];
    return {
      links: [
        linked([a, rows], [y, 0]),
        linked([b, columns], [y, 1]),
        linked([a, depth], [b, depthB]),
        ...biasLinks(c, y, 1),
      ],
      contracted: [
        { value: a, axis: depth },
        { value: b, axis: depthB },
      ],
      made: [{ value: b, axis: columns }],
      // Of columns: rows are samples.
      zeroWhen: [[1], ...(c ? [[2]] : [])],
    };
  },
  work(node) {
    const { transA, alpha, beta } = node.attrs;
    const size = elementCount(node.outputs[0]!.shape);
    const k = node.inputs[0]!.shape[transA ? 0 : 1]!;
    const added = node.inputs.length > 2 ? (beta === 1 ? 1 : 2) : 0;
    const otherOps = size * (added + (alpha === 1 ? 0 : 1));
    return { macs: size * k, otherOps, ...traffic(node as never) };
  },
  lowerings: [
    {
      name: "gemm",
      emit(node, e) {
        const { transA, transB, alpha, beta } = node.attrs;
        const attrs = {
          transA: transA ? 1 : 0,
          transB: transB ? 1 : 0,
          alpha: { float: alpha },
          beta: { float: beta },
        };
        const names = node.inputs.map((v) => e.use(v));
        e.define(node.outputs[0]!, e.emit("Gemm", names, { attrs }));
      },
    },
  ],
};

/**
 * alpha * A B + beta * C.
 *
 * @example
 * gemm(input("x", [32, 784]), input("w", [10, 784]), { transB: true, c: input("bias", [10]) }).shape // [32, 10]
 */
export function gemm(a: Value, b: Value, options: GemmOptions = {}): Value {
  const { c, transA = false, transB = false, alpha = 1, beta = 1 } = options;
  return createNode(gemmOp, c ? [a, b, c] : [a, b], { transA, transB, alpha, beta })[0]!;
}
