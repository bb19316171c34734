/** Concat: tensors one after the other along an axis. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { formatShape, normaliseAxis } from "../tensor/index.js";
import { sameAxes } from "./channel-flow.js";
import { copyWork, type OpDef, requireSameType } from "./op.js";

export interface ConcatAttrs {
  readonly axis: number;
}

export const concatOp: OpDef<ConcatAttrs> = {
  kind: "Concat",
  infer(inputs, { axis }) {
    const dtype = requireSameType(inputs);
    const first = inputs[0]!.shape;
    const fits = inputs.every(
      ({ shape }) =>
        shape.length === first.length && shape.every((d, i) => i === axis || d === first[i]),
    );
    if (!fits) {
      const shapes = inputs.map(({ shape }) => formatShape(shape)).join(" and ");
      throw new UserError("E_SHAPE", `cannot join ${shapes} along axis ${axis}`, {
        allowed: "shapes that differ only on that axis",
      });
    }
    const length = inputs.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    return [{ dtype, shape: first.map((d, i) => (i === axis ? length : d)) }];
  },
  gradient: {
    rule({ node, inputs, grads, needs }, f) {
      const { axis } = node.attrs;
      const sizes = inputs.map(({ shape }) => shape[axis]!);
      if (needs.every(Boolean)) return f.split(grads[0]!, { axis, sizes });
      let end = 0;
      return sizes.map((size, i) => {
        const start = end;
        end += size;
        if (!needs[i]) return undefined;
        return f.slice(grads[0]!, { starts: [start], ends: [end], axes: [axis] });
      });
    },
  },
  channels({ inputs, outputs, attrs: { axis } }) {
    const y = outputs[0]!;
    const others = y.shape.flatMap((_, i) => (i === axis ? [] : [i]));
    return {
      links: [
        { whole: { value: y, axis }, parts: inputs.map((value) => ({ value, axis })) },
        ...inputs.flatMap((x) => sameAxes(x, y, others)),
      ],
      zeroWhen: inputs.map((_, i) => [i]),
    };
  },
  work: (node) => copyWork(node as Node),
  lowerings: [
    {
      name: "concat",
      emit: (node, e) =>
        e.define(
          node.outputs[0]!,
          e.emit(
            "Concat",
            node.inputs.map((v) => e.use(v)),
            { attrs: { axis: node.attrs.axis } },
          ),
        ),
    },
  ],
};

/**
 * The values of `list` one after the other along `axis`.
 *
 * @example
 * concat([input("a", [2, 3]), input("b", [2, 1])], { axis: 1 }).shape // [2, 4]
 */
export function concat(list: readonly Value[], { axis }: ConcatAttrs): Value {
  if (list.length === 0) {
    throw new UserError("E_SHAPE", "concat of no values", { allowed: "at least one" });
  }
  const first = list[0]!;
  const attrs = { axis: normaliseAxis(axis, first.shape.length) };
  return list.length === 1 ? first : createNode(concatOp, list, attrs)[0]!;
}
