/** TopK: the k largest or smallest elements along an axis, and where they stand. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { elementCount, normaliseAxis } from "../tensor/index.js";
import { numbers, type OpDef, requireSameType, traffic } from "./op.js";
import { zerosOf } from "./zeros.js";

export interface TopKAttrs {
  readonly k: number;
  readonly axis: number;
  readonly largest: boolean;
  readonly sorted: boolean;
}

export interface TopKOptions {
  readonly k: number;
  /** Default -1. */
  readonly axis?: number;
  /** false: the smallest. Default true. */
  readonly largest?: boolean;
  /** false: in any order. Default true: best first. */
  readonly sorted?: boolean;
}

export const topKOp: OpDef<TopKAttrs> = {
  kind: "TopK",
  infer([x], { k, axis }) {
    const dtype = requireSameType([x!], numbers);
    const length = x!.shape[axis]!;
    if (!Number.isInteger(k) || k < 0 || k > length) {
      throw new UserError("E_SHAPE", `the ${k} best of ${length} elements`, {
        allowed: `0 to ${length}`,
      });
    }
    const shape = x!.shape.map((d, i) => (i === axis ? k : d));
    return [
      { dtype, shape },
      { dtype: "int64", shape },
    ];
  },
  gradient: {
    rule({ node, inputs, outputs, grads }, f) {
      const x = inputs[0]!;
      const g = grads[0];
      if (!g) return [undefined];
      const zeros = zerosOf(x.dtype, x.shape);
      return [f.scatterElements(zeros, outputs[1]!, g, { axis: node.attrs.axis })];
    },
  },
  // A comparison each, and log2(k) to keep the best in order.
  work: (node) => ({
    macs: 0,
    otherOps: Math.round(
      elementCount(node.inputs[0]!.shape) * (1 + Math.log2(Math.max(1, node.attrs.k))),
    ),
    ...traffic(node as Node),
  }),
  lowerings: [
    {
      name: "topk",
      emit(node, e) {
        const { k, axis, largest, sorted } = node.attrs;
        const inputs = [e.use(node.inputs[0]!), e.ints([k])];
        const attrs = { axis, largest: largest ? 1 : 0, sorted: sorted ? 1 : 0 };
        e.emitMany("TopK", inputs, 2, { attrs }).forEach((name, i) => {
          e.define(node.outputs[i]!, name);
        });
      },
    },
  ],
};

/**
 * The k best elements along `axis`, and their positions (int64). Of equal elements the first wins.
 *
 * @example
 * topK(input("x", [32, 10]), { k: 2 }).values.shape // [32, 2]
 */
export function topK(
  x: Value,
  { k, axis = -1, largest = true, sorted = true }: TopKOptions,
): { readonly values: Value; readonly indices: Value } {
  const attrs = { k, axis: normaliseAxis(axis, x.shape.length), largest, sorted };
  const [values, indices] = createNode(topKOp, [x], attrs);
  return { values: values!, indices: indices! };
}
