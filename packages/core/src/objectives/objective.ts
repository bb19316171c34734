/** What an objective is: a scalar to minimise, and the numbers to watch while that happens. */

import { UserError } from "../base/index.js";
import type { Value } from "../graph/index.js";
import { functions as f } from "../ops/index.js";

export interface Objective {
  /** Scalar. */
  readonly loss: Value;
  /** Scalars, by the name under which the training loop logs them. */
  readonly metrics: Readonly<Record<string, Value>>;
}

/** A loss per sample, [N], from predictions [N, classes] and labels [N]. */
export type SampleLoss = (logits: Value, labels: Value) => Value;

/**
 * The share of samples whose most probable class is the label: a scalar.
 *
 * @example
 * accuracyOf(input("logits", [8, 10]), input("labels", [8], "int32")).shape // []
 */
export function accuracyOf(logits: Value, labels: Value): Value {
  const predicted = f.cast(f.argMax(logits, { axis: 1 }), labels.dtype);
  return f.reduceMean(f.cast(f.equal(predicted, labels), "float32"));
}

/** Throws unless `value` is a finite number of at least 0. */
export function requireWeight(value: number, where: string): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new UserError("E_CONFIG", `${where.split(".").at(-1)} is ${value}`, {
    where,
    allowed: "a number >= 0",
  });
}
