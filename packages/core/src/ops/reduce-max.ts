/** ReduceMax: the largest element over some axes. */

import { createNode, type Value } from "../graph/index.js";
import { extremumOp } from "./reduce-extremum.js";
import { type ReduceOptions, reduceAttrs } from "./reduce-sum.js";

export const reduceMaxOp = extremumOp("ReduceMax");

/**
 * The largest element over `axes`. Elements that tie share the gradient equally.
 *
 * @example
 * reduceMax(input("x", [2, 3]), { axes: [1] }).shape // [2]
 */
export const reduceMax = (x: Value, options: ReduceOptions = {}): Value =>
  createNode(reduceMaxOp, [x], reduceAttrs(x, options))[0]!;
