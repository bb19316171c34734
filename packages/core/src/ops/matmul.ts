/** MatMul: the matrix product over the last two axes, batched and broadcast over the others. */

import { UserError } from "../base/index.js";
import { createNode, type Value } from "../graph/index.js";
import { broadcastShapes, type DType, elementCount, formatShape } from "../tensor/index.js";
import { linked } from "./channel-flow.js";
import type { Functions } from "./functions.js";
import { type None, none, type OpDef, requireSameType, traffic } from "./op.js";
import { reshape } from "./reshape.js";

const allowed: readonly DType[] = ["float32", "float64", "int32", "int64"];

function swapLast(f: Functions, x: Value): Value {
  const r = x.shape.length;
  const perm = x.shape.map((_, i) => (i < r - 2 ? i : i === r - 2 ? r - 1 : r - 2));
  return f.transpose(x, perm);
}

export const matmulOp: OpDef<None> = {
  kind: "MatMul",
  infer([a, b]) {
    const dtype = requireSameType([a!, b!], allowed);
    const [m, k] = a!.shape.slice(-2);
    const [kb, n] = b!.shape.slice(-2);
    if (a!.shape.length < 2 || b!.shape.length < 2 || k !== kb) {
      throw new UserError(
        "E_SHAPE",
        `cannot multiply ${formatShape(a!.shape)} by ${formatShape(b!.shape)}`,
        { allowed: "[..., m, k] by [..., k, n]" },
      );
    }
    const batch = broadcastShapes(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
    return [{ dtype, shape: [...batch, m!, n!] }];
  },
  gradient: {
    rule({ inputs, grads, needs }, f) {
      const [a, b] = inputs as [Value, Value];
      const g = grads[0]!;
      const [k, n] = b.shape.slice(-2) as [number, number];
      if (b.shape.length === 2 && elementCount(a.shape) > 0) {
        // One matrix for the whole batch: all rows are one tall matrix, and one product does it.
        const rows = f.reshape(g, [-1, n]);
        return [
          needs[0] ? f.reshape(f.gemm(rows, b, { transB: true }), a.shape) : undefined,
          needs[1] ? f.gemm(f.reshape(a, [-1, k]), rows, { transA: true }) : undefined,
        ];
      }
      return [
        needs[0] ? f.sumTo(f.matmul(g, swapLast(f, b)), a.shape) : undefined,
        needs[1] ? f.sumTo(f.matmul(swapLast(f, a), g), b.shape) : undefined,
      ];
    },
  },
  channels({ inputs, outputs }) {
    const [a, b] = inputs as [Value, Value];
    const y = outputs[0]!;
    const [ra, rb, r] = [a.shape.length, b.shape.length, y.shape.length];
    const contracted = [
      { value: a, axis: ra - 1 },
      { value: b, axis: rb - 2 },
    ] as const;
    return {
      links: [
        linked([a, ra - 2], [y, r - 2]),
        linked([b, rb - 1], [y, r - 1]),
        linked([a, ra - 1], [b, rb - 2]),
      ],
      contracted,
      made: [{ value: b, axis: rb - 1 }],
      zeroWhen: [[1]],
    };
  },
  work(node) {
    const out = node.outputs[0]!;
    const k = node.inputs[0]!.shape.at(-1)!;
    return { macs: elementCount(out.shape) * k, otherOps: 0, ...traffic(node as never) };
  },
  lowerings: [
    {
      name: "matmul",
      emit: (node, e) =>
        e.define(
          node.outputs[0]!,
          e.emit(
            "MatMul",
            node.inputs.map((v) => e.use(v)),
          ),
        ),
    },
  ],
};

/**
 * The matrix product as numpy's `matmul`: a vector is a row on the left, a column on the right.
 *
 * @example
 * matmul(input("a", [8, 2, 3]), input("b", [3, 5])).shape // [8, 2, 5]
 */
export function matmul(a: Value, b: Value): Value {
  const left = a.shape.length === 1 ? reshape(a, [1, a.shape[0]!]) : a;
  const right = b.shape.length === 1 ? reshape(b, [b.shape[0]!, 1]) : b;
  const y = createNode(matmulOp, [left, right], none)[0]!;
  const shape = y.shape.filter(
    (_, i) =>
      !(left !== a && i === y.shape.length - 2) && !(right !== b && i === y.shape.length - 1),
  );
  return reshape(y, shape);
}
