/** Slice: every step-th element between two positions, on some axes. */

import { UserError } from "../base/index.js";
import { createNode, type Node, type Value } from "../graph/index.js";
import { elementCount, normaliseAxis, type Shape } from "../tensor/index.js";
import type { Functions } from "./functions.js";
import { copyWork, type OpDef } from "./op.js";
import { zerosOf } from "./zeros.js";

export interface SliceAttrs {
  readonly axes: readonly number[];
  /** First position taken on each axis, counted from the front. */
  readonly starts: readonly number[];
  /** How many positions are taken. */
  readonly lengths: readonly number[];
  readonly steps: readonly number[];
}

export interface SliceOptions {
  /** Counted from the back where negative, as in Python. */
  readonly starts: readonly number[];
  /** The first position that is not taken; beyond the ends is allowed: `Infinity` and `-Infinity` mean to the end. */
  readonly ends: readonly number[];
  /** Default: the first axes. */
  readonly axes?: readonly number[];
  /** Default 1 each; negative steps walk backwards. */
  readonly steps?: readonly number[];
}

const replaced = (shape: Shape, axis: number, d: number): number[] =>
  shape.map((old, i) => (i === axis ? d : old));

/** What slicing one axis took, put back among zeros. */
function spread(
  f: Functions,
  grad: Value,
  axis: number,
  take: readonly [number, number, number, number],
): Value {
  const [d, start, length, step] = take;
  const stride = Math.abs(step);
  let g = grad;
  if (step < 0) g = f.slice(g, { starts: [-1], ends: [-Infinity], axes: [axis], steps: [-1] });
  const first = step > 0 ? start : start + (length - 1) * step;
  const padAxis = (v: Value, at: number, before: number, after: number): Value => {
    const pads = new Array<number>(2 * v.shape.length).fill(0);
    pads[at] = before;
    pads[v.shape.length + at] = after;
    return f.pad(v, { pads });
  };
  if (stride > 1) {
    const apart = padAxis(f.unsqueeze(g, [axis + 1]), axis + 1, 0, stride - 1);
    g = f.reshape(apart, replaced(grad.shape, axis, length * stride));
    const used = (length - 1) * stride + 1;
    g = f.slice(g, { starts: [0], ends: [used], axes: [axis] });
  }
  return padAxis(g, axis, first, d - first - g.shape[axis]!);
}

export const sliceOp: OpDef<SliceAttrs> = {
  kind: "Slice",
  infer: ([x], { axes, lengths }) => [
    {
      dtype: x!.dtype,
      shape: axes.reduce<Shape>((s, axis, i) => replaced(s, axis, lengths[i]!), x!.shape),
    },
  ],
  gradient: {
    rule({ node, inputs, outputs, grads }, f) {
      const { shape, dtype } = inputs[0]!;
      const { axes, starts, lengths, steps } = node.attrs;
      if (elementCount(outputs[0]!.shape) === 0) return [zerosOf(dtype, shape)];
      return [
        axes.reduce(
          (g, axis, i) => spread(f, g, axis, [shape[axis]!, starts[i]!, lengths[i]!, steps[i]!]),
          grads[0]!,
        ),
      ];
    },
  },
  work: (node) => copyWork(node as Node),
  lowerings: [
    {
      name: "slice",
      emit(node, e) {
        const { axes, lengths, steps } = node.attrs;
        const x = node.inputs[0]!;
        // The ends of an axis are written as far outside: so they mean the ends whatever its length at run time,
        // and -1 does not count from the back.
        const far = 2 ** 31 - 1;
        const starts = node.attrs.starts.map((start, i) =>
          steps[i]! < 0 && start === x.shape[axes[i]!]! - 1 ? far : start,
        );
        const ends = node.attrs.starts.map((start, i) => {
          const end = start + lengths[i]! * steps[i]!;
          return end < 0 ? -far : end >= x.shape[axes[i]!]! && lengths[i]! > 0 ? far : end;
        });
        const inputs = [starts, ends, axes, steps].map((list) => e.ints(list));
        e.define(node.outputs[0]!, e.emit("Slice", [e.use(x), ...inputs]));
      },
    },
  ],
};

/**
 * Part of x: on each of `axes`, the positions from start to before end.
 *
 * @example
 * slice(input("x", [2, 5]), { starts: [1], ends: [-1], axes: [1] }).shape // [2, 3]
 */
export function slice(x: Value, options: SliceOptions): Value {
  const { starts, ends, axes = starts.map((_, i) => i), steps = starts.map(() => 1) } = options;
  if ([ends, axes, steps].some((list) => list.length !== starts.length)) {
    throw new UserError("E_SHAPE", "slice was given lists of different lengths", {
      allowed: "one start, end, axis and step for each axis",
    });
  }
  if (steps.some((step) => step === 0 || !Number.isInteger(step))) {
    throw new UserError("E_SHAPE", `slice was given the steps ${steps.join(", ")}`, {
      allowed: "integers that are not 0",
    });
  }
  const attrs = {
    axes: [] as number[],
    starts: [] as number[],
    lengths: [] as number[],
    steps: [] as number[],
  };
  axes.forEach((given, i) => {
    const axis = normaliseAxis(given, x.shape.length);
    if (axes.some((other, j) => j < i && normaliseAxis(other, x.shape.length) === axis)) {
      throw new UserError("E_SHAPE", `slice was given axis ${axis} twice`, {
        allowed: "different axes",
      });
    }
    const d = x.shape[axis]!;
    const step = steps[i]!;
    // Python's rule: negative positions count from the back, then both are cut to what the walk can reach.
    const [low, high] = step > 0 ? [0, d] : [-1, d - 1];
    const resolve = (p: number) => Math.min(high, Math.max(low, p < 0 ? p + d : p));
    const start = resolve(starts[i]!);
    const length = Math.max(0, Math.ceil((resolve(ends[i]!) - start) / step));
    // An axis that is taken whole is not named, so its length may differ at run time.
    if (start === 0 && step === 1 && length === d) return;
    attrs.axes.push(axis);
    attrs.starts.push(start);
    attrs.lengths.push(length);
    attrs.steps.push(step);
  });
  return attrs.axes.length === 0 ? x : createNode(sliceOp, [x], attrs)[0]!;
}
