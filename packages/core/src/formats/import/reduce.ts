/** Importers of reductions. */

import type { Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { normaliseAxis } from "../../tensor/index.js";
import type { ImporterTable, ImportNode, NodeImporter } from "./node.js";

interface Over {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** A reduction whose axes became an input in opset `since`; an empty list means all axes unless told otherwise. */
const reduction =
  (apply: (x: Value, over: Over) => Value, since = 18): NodeImporter =>
  (n) => {
    const x = n.input(0);
    const given = n.axes(since) ?? [];
    const keepDims = n.flag("keepdims", true);
    const noop = n.version >= since && n.flag("noop_with_empty_axes");
    const axes = given.length > 0 || noop ? given : x.shape.map((_, axis) => axis);
    return apply(x, { axes, keepDims });
  };

/** Max and Min of booleans are Or and And. */
const ofBooleans =
  (apply: (x: Value, over: Over) => Value) =>
  (x: Value, over: Over): Value =>
    x.dtype === "bool" ? f.cast(apply(f.cast(x, "uint8"), over), "bool") : apply(x, over);

const argMax = (flip: boolean) => (n: ImportNode) => {
  const x = n.input(0);
  const axis = normaliseAxis(n.int("axis", 0), x.shape.length);
  const keepDims = n.flag("keepdims", true);
  const values = flip ? f.neg(x) : x;
  if (!n.flag("select_last_index")) return f.argMax(values, { axis, keepDims });
  // The last of equal elements is the first when read backwards.
  const length = x.shape[axis]!;
  const reversed = f.slice(values, {
    starts: [length - 1],
    ends: [-length - 1],
    axes: [axis],
    steps: [-1],
  });
  return f.sub(length - 1, f.argMax(reversed, { axis, keepDims }));
};

export const reductions: ImporterTable = {
  ReduceSum: reduction(f.reduceSum, 13),
  ReduceMean: reduction(f.reduceMean),
  ReduceMax: reduction(ofBooleans(f.reduceMax)),
  ReduceMin: reduction(ofBooleans(f.reduceMin)),
  ReduceProd: reduction(f.reduceProd),
  ReduceL1: reduction((x, over) => f.reduceSum(f.abs(x), over)),
  ReduceL2: reduction((x, over) => f.sqrt(f.reduceSum(f.square(x), over))),
  ReduceSumSquare: reduction((x, over) => f.reduceSum(f.square(x), over)),
  ReduceLogSum: reduction((x, over) => f.log(f.reduceSum(x, over))),
  ReduceLogSumExp: reduction((x, over) => f.logSumExp(x, over)),
  ArgMax: argMax(false),
  ArgMin: argMax(true),
  CumSum: (n) => {
    const axis = n.constantNumber(1) ?? n.refuse("its axis is missing");
    return f.cumSum(n.input(0), {
      axis,
      exclusive: n.flag("exclusive"),
      reverse: n.flag("reverse"),
    });
  },
};
