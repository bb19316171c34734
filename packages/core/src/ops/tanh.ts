/** Tanh: the hyperbolic tangent. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const tanhOp = unaryOp({
  kind: "Tanh",
  gradient: (f, g, _x, y) => f.mul(g, f.sub(1, f.mul(y, y))),
});

/** The hyperbolic tangent. */
export const tanh = (x: Value): Value => applyUnary(tanhOp, x);
