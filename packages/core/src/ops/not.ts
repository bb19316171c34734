/** Not: logical negation. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const notOp = unaryOp({
  kind: "Not",
  allowed: ["bool"],
  gradient: { none: "its result is a truth value" },
});

/** Not x, for truth values. */
export const not = (x: Value): Value => applyUnary(notOp, x);
