/** Cos: the cosine. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const cosOp = unaryOp({ kind: "Cos", gradient: (f, g, x) => f.neg(f.mul(g, f.sin(x))) });

/** The cosine of x radians. */
export const cos = (x: Value): Value => applyUnary(cosOp, x);
