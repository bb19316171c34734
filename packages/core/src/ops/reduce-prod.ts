/** ReduceProd: the product over some axes. */

import { createNode, scalarConstant, type Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import type { Functions } from "./functions.js";
import { numbers, type OpDef, requireSameType } from "./op.js";
import {
  emitReduce,
  type ReduceAttrs,
  type ReduceOptions,
  reduceAttrs,
  reducedShape,
  reduceWork,
} from "./reduce-sum.js";

/**
 * Products of the other elements of each row of x [rows, n]: everything before times everything after. Dividing the
 * whole product by each element would be wrong at zeros; doubling steps make it log2(n) multiplications.
 */
function productOfOthers(f: Functions, x: Value): Value {
  const [rows, n] = x.shape as [number, number];
  if (n < 2) return f.expand(scalarConstant(1, x.dtype), [rows, n]);
  const shift = (v: Value, by: number, forward: boolean): Value => {
    const rest = forward
      ? { starts: [0], ends: [n - by], axes: [1] }
      : { starts: [by], ends: [n], axes: [1] };
    return f.pad(f.slice(v, rest), { pads: forward ? [0, by, 0, 0] : [0, 0, 0, by], value: 1 });
  };
  const scan = (forward: boolean): Value => {
    let product = shift(x, 1, forward);
    for (let step = 1; step < n - 1; step *= 2) {
      product = f.mul(product, shift(product, step, forward));
    }
    return product;
  };
  return f.mul(scan(true), scan(false));
}

export const reduceProdOp: OpDef<ReduceAttrs> = {
  kind: "ReduceProd",
  infer: ([x], attrs) => [
    { dtype: requireSameType([x!], numbers), shape: reducedShape(x!.shape, attrs) },
  ],
  gradient: {
    rule({ node, inputs, grads }, f) {
      const x = inputs[0]!;
      const { axes } = node.attrs;
      const rank = x.shape.length;
      const others = Array.from({ length: rank }, (_, i) => i).filter((i) => !axes.includes(i));
      const perm = [...others, ...axes];
      const length = elementCount(axes.map((axis) => x.shape[axis]!));
      if (length === 0) return [undefined];
      const rows = elementCount(others.map((axis) => x.shape[axis]!));
      const moved = f.transpose(x, perm);
      const partial = f.reshape(productOfOthers(f, f.reshape(moved, [rows, length])), moved.shape);
      const back = perm.map((_, axis) => perm.indexOf(axis));
      const kept = reducedShape(x.shape, { axes, keepDims: true });
      return [f.mul(f.transpose(partial, back), f.reshape(grads[0]!, kept))];
    },
  },
  work: reduceWork,
  lowerings: [{ name: "reduce", emit: (node, e) => emitReduce("ReduceProd", node, e) }],
};

/**
 * The product over `axes`. Its gradient is right with zeros among the factors, at every order.
 *
 * @example
 * reduceProd(input("x", [2, 3]), { axes: [1] }).shape // [2]
 */
export const reduceProd = (x: Value, options: ReduceOptions = {}): Value =>
  createNode(reduceProdOp, [x], reduceAttrs(x, options))[0]!;
