/** Round: rounds to the nearest integer. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const roundOp = unaryOp({ kind: "Round", gradient: () => undefined });

/** The nearest integer; halves go to the even one, as IEEE 754 says. Its gradient is 0. */
export const round = (x: Value): Value => applyUnary(roundOp, x);
