/** Log: the natural logarithm. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const logOp = unaryOp({ kind: "Log", gradient: (f, g, x) => f.div(g, x) });

/** The natural logarithm. */
export const log = (x: Value): Value => applyUnary(logOp, x);
