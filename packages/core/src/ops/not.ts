/** Not: logical negation. */

import type { Value } from "../graph/index.js";
import { applyUnary, unaryOp } from "./elementwise.js";

export const notOp = unaryOp({
  kind: "Not",
  allowed: ["bool"],
  gradient: { none: "its result is a truth value" },
});

/**
 * Not x, for truth values.
 *
 * @example
 * const [y] = evaluateHost(not(input("a", [2], "bool")).node, [tensor("bool", [2], [0, 1])]);
 * y!.data // Uint8Array [1, 0]
 */
export const not = (x: Value): Value => applyUnary(notOp, x);
