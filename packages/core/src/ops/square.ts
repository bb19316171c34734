/** square: x * x, as a composition. */

import type { Value } from "../graph/index.js";
import { mul } from "./mul.js";

/** x * x. */
export const square = (x: Value): Value => mul(x, x);
