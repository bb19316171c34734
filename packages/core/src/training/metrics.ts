/** Metrics as values of the graph. */

import type { Value } from "../graph/index.js";
import { functions as f } from "../ops/index.js";

/**
 * 1 for every sample whose largest logit is its label's, else 0: float [N].
 *
 * @example
 * correct(input("logits", [8, 10]), input("labels", [8], "int32")).shape // [8]
 */
export function correct(logits: Value, labels: Value): Value {
  const predicted = f.cast(f.argMax(logits, { axis: 1, keepDims: false }), labels.dtype);
  return f.cast(f.equal(predicted, labels), "float32");
}

/**
 * Share of correct predictions: a scalar.
 *
 * @example
 * accuracy(input("logits", [8, 10]), input("labels", [8], "int32")).shape // []
 */
export const accuracy = (logits: Value, labels: Value): Value =>
  f.reduceMean(correct(logits, labels));
