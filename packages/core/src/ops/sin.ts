/** Sin: the sine. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const sinOp = unaryOp({ kind: "Sin", gradient: (f, g, x) => f.mul(g, f.cos(x)) });

/** The sine of x radians. */
export const sin = (x: Value): Value => applyUnary(sinOp, x);
