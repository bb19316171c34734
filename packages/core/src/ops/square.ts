/** square: x * x, as a composition. */

import type { Value } from "../graph/index.js";
import { mul } from "./mul.js";

/**
 * x * x.
 *
 * @example
 * square(input("x", [2, 3])).shape // [2, 3]
 */
export const square = (x: Value): Value => mul(x, x);
