/** Softplus: log(1 + e^x). */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const softplusOp = unaryOp({
  kind: "Softplus",
  gradient: (f, g, x) => f.mul(g, f.sigmoid(x)),
  ops: 3,
  native: ["float32"],
});

/** log(1 + e^x), without overflow for large x. */
export const softplus = (x: Value): Value => applyUnary(softplusOp, x);
