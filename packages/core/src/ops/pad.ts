/** Pad: more elements before and after, on some axes. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { formatShape } from "../tensor/index.js";
import { sameAxes } from "./channel-flow.js";
import type { Functions } from "./functions.js";
import { copyWork, type OpDef } from "./op.js";

export type PadMode = "constant" | "reflect" | "edge";

export interface PadAttrs {
  /** Elements before, for each axis, then elements after, for each axis. */
  readonly pads: readonly number[];
  readonly value: number;
  readonly mode: PadMode;
}

export interface PadOptions {
  /** Elements before, for each axis, then elements after, for each axis. */
  readonly pads: readonly number[];
  /** What to fill with in mode `constant`. Default 0. */
  readonly value?: number;
  /** `reflect` mirrors without repeating the border, `edge` repeats the border. Default `constant`. */
  readonly mode?: PadMode;
}

/** Gradient of padding one axis: what went to the padding comes back to the elements it was copied from. */
function foldBack(
  f: Functions,
  g: Value,
  { axis, before, after, mode }: { axis: number; before: number; after: number; mode: PadMode },
): Value {
  const d = g.shape[axis]! - before - after;
  const part = (start: number, end: number) =>
    f.slice(g, { starts: [start], ends: [end], axes: [axis] });
  const place = (v: Value, start: number): Value => {
    const pads = new Array<number>(2 * v.shape.length).fill(0);
    pads[axis] = start;
    pads[v.shape.length + axis] = d - start - v.shape[axis]!;
    return f.pad(v, { pads });
  };
  const mirrored = (v: Value) =>
    f.slice(v, { starts: [-1], ends: [-Infinity], axes: [axis], steps: [-1] });
  const total = (v: Value) => f.reduceSum(v, { axes: [axis], keepDims: true });

  let sum = part(before, before + d);
  if (mode === "constant") return sum;
  if (before > 0) {
    const front = part(0, before);
    sum = f.add(sum, mode === "edge" ? place(total(front), 0) : place(mirrored(front), 1));
  }
  if (after > 0) {
    const back = part(before + d, before + d + after);
    sum = f.add(
      sum,
      mode === "edge" ? place(total(back), d - 1) : place(mirrored(back), d - 1 - after),
    );
  }
  return sum;
}

export const padOp: OpDef<PadAttrs> = {
  kind: "Pad",
  infer([x], { pads, mode }) {
    const { dtype, shape } = x!;
    const rank = shape.length;
    if (pads.length !== 2 * rank || pads.some((p) => p < 0 || !Number.isInteger(p))) {
      throw new UserError("E_SHAPE", `pads ${formatShape(pads)}`, {
        allowed: `${2 * rank} integers >= 0: before each axis, then after each axis`,
        next: "use slice to take elements away",
      });
    }
    shape.forEach((d, axis) => {
      const most = Math.max(pads[axis]!, pads[rank + axis]!);
      const limit = mode === "reflect" ? d - 1 : mode === "edge" && d === 0 ? 0 : Infinity;
      if (most > Math.max(0, limit)) {
        throw new UserError("E_SHAPE", `${mode} padding by ${most} of an axis of length ${d}`, {
          allowed: `at most ${Math.max(0, limit)}`,
        });
      }
    });
    return [{ dtype, shape: shape.map((d, axis) => pads[axis]! + d + pads[rank + axis]!) }];
  },
  gradient: {
    rule({ node, inputs, grads }, f) {
      const { pads, mode } = node.attrs;
      const rank = inputs[0]!.shape.length;
      let g = grads[0]!;
      for (let axis = 0; axis < rank; axis++) {
        const [before, after] = [pads[axis]!, pads[rank + axis]!];
        if (before > 0 || after > 0) g = foldBack(f, g, { axis, before, after, mode });
      }
      return [g];
    },
  },
  channels({ inputs, outputs, attrs: { pads, value, mode } }) {
    const [x, y] = [inputs[0]!, outputs[0]!];
    const rank = x.shape.length;
    const axes = x.shape.flatMap((_, i) => (pads[i] === 0 && pads[rank + i] === 0 ? [i] : []));
    return {
      links: sameAxes(x, y, axes),
      ...(mode !== "constant" || value === 0 ? { zeroWhen: [[0]] } : {}),
    };
  },
  work: (node) => copyWork(node as Node),
  lowerings: [
    {
      name: "pad",
      emit(node, e) {
        const { pads, value, mode } = node.attrs;
        const x = node.inputs[0]!;
        const rank = x.shape.length;
        const axes = x.shape.flatMap((_, i) => (pads[i]! + pads[rank + i]! > 0 ? [i] : []));
        const amounts = [...axes.map((i) => pads[i]!), ...axes.map((i) => pads[rank + i]!)];
        e.define(
          node.outputs[0]!,
          e.emit("Pad", [e.use(x), e.ints(amounts), e.scalar(x.dtype, value), e.ints(axes)], {
            attrs: { mode },
          }),
        );
      },
    },
  ],
};

/**
 * x with elements added around it.
 *
 * @example
 * pad(input("x", [2, 3]), { pads: [0, 1, 0, 1] }).shape // [2, 5]
 */
export function pad(x: Value, { pads, value = 0, mode = "constant" }: PadOptions): Value {
  const nothing = pads.length === 2 * x.shape.length && pads.every((p) => p === 0);
  return nothing ? x : createNode(padOp, [x], { pads, value, mode })[0]!;
}
