/** sumTo: the adjoint of broadcasting, as a composition. */

import type { Value } from "../graph/index.js";
import { type Shape, sameShape } from "../tensor/index.js";
import { stretchedAxes } from "./elementwise.js";
import { reduceSum } from "./reduce-sum.js";
import { reshape } from "./reshape.js";

/**
 * Sums `x` over the axes that broadcasting from `shape` had stretched.
 *
 * @example
 * // Undoes broadcasting, as gradients need it.
 * sumTo(input("x", [8, 3, 4]), [3, 1]).shape // [3, 1]
 */
export function sumTo(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  const axes = stretchedAxes(x.shape, shape);
  return reshape(axes.length > 0 ? reduceSum(x, { axes }) : x, shape);
}
