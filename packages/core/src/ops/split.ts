/** Split: a tensor cut into pieces along an axis. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { formatShape, normaliseAxis } from "../tensor/index.js";
import { sameAxes } from "./channel-flow.js";
import { copyWork, type OpDef } from "./op.js";
import { zerosOf } from "./zeros.js";

export interface SplitAttrs {
  readonly axis: number;
  readonly sizes: readonly number[];
}

export const splitOp: OpDef<SplitAttrs> = {
  kind: "Split",
  infer([x], { axis, sizes }) {
    const length = x!.shape[axis]!;
    if (sizes.some((s) => s < 0) || sizes.reduce((a, b) => a + b, 0) !== length) {
      throw new UserError("E_SHAPE", `pieces of ${formatShape(sizes)} on axis ${axis}`, {
        allowed: `sizes that sum to ${length}`,
      });
    }
    return sizes.map((size) => ({
      dtype: x!.dtype,
      shape: x!.shape.map((d, i) => (i === axis ? size : d)),
    }));
  },
  gradient: {
    rule({ node, outputs, grads }, f) {
      const parts = outputs.map(({ dtype, shape }, i) => grads[i] ?? zerosOf(dtype, shape));
      return [f.concat(parts, { axis: node.attrs.axis })];
    },
  },
  channels({ inputs, outputs, attrs: { axis } }) {
    const x = inputs[0]!;
    const others = x.shape.flatMap((_, i) => (i === axis ? [] : [i]));
    return {
      links: [
        { whole: { value: x, axis }, parts: outputs.map((value) => ({ value, axis })) },
        ...outputs.flatMap((y) => sameAxes(x, y, others)),
      ],
      zeroWhen: [[0]],
    };
  },
  work: (node) => copyWork(node as Node),
  lowerings: [
    {
      name: "split",
      emit(node, e) {
        const { axis, sizes } = node.attrs;
        const inputs = [e.use(node.inputs[0]!), e.ints(sizes)];
        e.emitMany("Split", inputs, sizes.length, { attrs: { axis } }).forEach((name, i) => {
          e.define(node.outputs[i]!, name);
        });
      },
    },
  ],
};

/**
 * x cut along `axis` into pieces of these sizes.
 *
 * @example
 * split(input("x", [2, 5]), { axis: 1, sizes: [2, 3] }).map((v) => v.shape) // [[2, 2], [2, 3]]
 */
export const split = (x: Value, { axis, sizes }: SplitAttrs): Value[] => [
  ...createNode(splitOp, [x], { axis: normaliseAxis(axis, x.shape.length), sizes }),
];
