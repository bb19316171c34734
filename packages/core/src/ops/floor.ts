/** Floor: rounds down. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const floorOp = unaryOp({ kind: "Floor", gradient: () => undefined });

/** The largest integer that is not above x. Its gradient is 0. */
export const floor = (x: Value): Value => applyUnary(floorOp, x);
