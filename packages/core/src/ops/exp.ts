/** Exp: e^x. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const expOp = unaryOp({ kind: "Exp", gradient: (f, g, _x, y) => f.mul(g, y) });

/** e^x, element by element. */
export const exp = (x: Value): Value => applyUnary(expOp, x);
