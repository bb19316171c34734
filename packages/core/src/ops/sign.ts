/** Sign: -1, 0 or 1. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";
import { numbers } from "./op.js";

export const signOp = unaryOp({ kind: "Sign", gradient: () => undefined, allowed: numbers });

/** The sign of x: -1, 0 or 1. Its gradient is 0. */
export const sign = (x: Value): Value => applyUnary(signOp, x);
