/** ReduceMin: the smallest element over some axes. */

import { createNode, type Value } from "../graph/index.js";
import { extremumOp } from "./reduce-extremum.js";
import { type ReduceOptions, reduceAttrs } from "./reduce-sum.js";

export const reduceMinOp = extremumOp("ReduceMin");

/**
 * The smallest element over `axes`. Elements that tie share the gradient equally.
 *
 * @example
 * reduceMin(input("x", [2, 3]), { axes: [1] }).shape // [2]
 */
export const reduceMin = (x: Value, options: ReduceOptions = {}): Value =>
  createNode(reduceMinOp, [x], reduceAttrs(x, options))[0]!;
