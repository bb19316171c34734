/** Ceil: rounds up. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const ceilOp = unaryOp({ kind: "Ceil", gradient: () => undefined });

/** The smallest integer that is not below x. Its gradient is 0. */
export const ceil = (x: Value): Value => applyUnary(ceilOp, x);
