/** zerosOf: a block of zeros, as a composition. */

import { scalarConstant, type Value } from "../graph/index.js";
import type { DType, Shape } from "../tensor/index.js";
import { expand } from "./expand.js";

/**
 * Zeros of that type and shape. They take no space in the graph.
 *
 * @example
 * zerosOf("float32", [2, 3]).shape // [2, 3]
 */
export const zerosOf = (dtype: DType, shape: Shape): Value =>
  expand(scalarConstant(0, dtype), shape);
