/** Mul: a * b. */

import type { Value } from "../graph/index.js";
import { applyBinary, binaryOp } from "./elementwise.js";
import { isNumber, sameAs } from "./identities.js";
import { floats, type Operand } from "./op.js";

export const mulOp = binaryOp({
  kind: "Mul",
  zeroWhen: [[0, 1]],
  gradient: (f, g, a, b, _y, needs) => [
    needs[0] ? f.mul(g, b) : undefined,
    needs[1] ? f.mul(g, a) : undefined,
  ],
  simplify: ({ inputs: [a, b], outputs: [y] }) =>
    isNumber(b!, 1) ? sameAs(a!, y!) : isNumber(a!, 1) ? sameAs(b!, y!) : undefined,
});

/**
 * a * b, broadcast as numpy does.
 *
 * @example
 * const [a, b] = [tensor("float32", [2], [5, 7]), tensor("float32", [2], [2, 10])];
 * const [y] = evaluateHost(mul(input("a", [2]), input("b", [2])).node, [a, b]);
 * y!.data // Float32Array [10, 70]
 */
export const mul = (a: Operand, b: Operand): Value => applyBinary(mulOp, a, b);

/** The factors of a product of a tensor with a scalar; undefined for every other value. */
export function scaled(value: Value): { readonly x: Value; readonly a: Value } | undefined {
  if (value.node.op.kind !== mulOp.kind || !floats.includes(value.dtype)) return undefined;
  const [x, a] = value.node.inputs as [Value, Value];
  if (x.shape.length === 0) return { x: a, a: x };
  return a.shape.length === 0 ? { x, a } : undefined;
}
