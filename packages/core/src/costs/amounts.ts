/** Arithmetic on what is a number until a decision makes it a value of the graph: costs with and without activities. */

import { scalarConstant, type Value } from "../graph/index.js";
import { functions as f } from "../ops/index.js";

/** A number, or a scalar or [N] of the graph. */
export type Amount = number | Value;

const isNumber = (a: Amount): a is number => typeof a === "number";

export const asCost = (amount: Amount): Value =>
  isNumber(amount) ? scalarConstant(amount) : amount;

export function times(a: Amount, b: Amount): Amount {
  if (isNumber(a) && isNumber(b)) return a * b;
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  return b === 1 ? a : f.mul(a, b);
}

export function plus(a: Amount, b: Amount): Amount {
  if (isNumber(a) && isNumber(b)) return a + b;
  if (a === 0) return b;
  return b === 0 ? a : f.add(a, b);
}

export function minus(a: Amount, b: Amount): Amount {
  if (isNumber(a) && isNumber(b)) return a - b;
  return b === 0 ? a : f.sub(a, b);
}

/** Numbers are added first, so that nothing but decisions is left in the graph. */
export function sumOf(amounts: Iterable<Amount>): Amount {
  let constant = 0;
  let sum: Amount = 0;
  for (const a of amounts) {
    if (isNumber(a)) constant += a;
    else sum = plus(sum, a);
  }
  return plus(sum, constant);
}

/** The largest; the gradient goes to it alone. `least` where there is none. */
export function greatestOf(amounts: Iterable<Amount>, least = 0): Amount {
  let constant = least;
  const values = new Set<Value>();
  for (const a of amounts) {
    if (isNumber(a)) constant = Math.max(constant, a);
    else values.add(a);
  }
  if (values.size === 0) return constant;
  const greatest = [...values].reduce((a, b) => f.maximum(a, b));
  return constant === 0 ? greatest : f.maximum(greatest, constant);
}
