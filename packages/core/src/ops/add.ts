/** Add: a + b. */

import type { Value } from "../graph/index.js";
import { rowsThenAdd } from "./add-rows.js";
import { affineThenAdd } from "./channel-affine.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import { isNumber, sameAs } from "./identities.js";
import { scaledThenAdd } from "./multiply-add.js";
import type { Operand } from "./op.js";

export const addOp = binaryOp({
  kind: "Add",
  zeroWhen: [[0], [1]],
  gradient: (_f, g) => [g, g],
  simplify: ({ inputs: [a, b], outputs: [y] }) =>
    isNumber(b!, 0) ? sameAs(a!, y!) : isNumber(a!, 0) ? sameAs(b!, y!) : undefined,
  fuse({ inputs: [a, b] }, hasOneReader) {
    const join = (x: Value, other: Value) =>
      hasOneReader(x)
        ? (rowsThenAdd(x, other) ?? affineThenAdd(x, other) ?? scaledThenAdd(x, other))
        : undefined;
    return join(a!, b!) ?? join(b!, a!);
  },
});

/**
 * a + b, broadcast as numpy does.
 *
 * @example
 * add(input("a", [2, 3]), input("b", [3])).shape // [2, 3]
 */
export const add = (a: Operand, b: Operand): Value => applyBinary(addOp, a, b);
