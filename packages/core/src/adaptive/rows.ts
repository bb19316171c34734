/** One row of logits, in double precision: prediction, confidence, entropy. */

import type { HostTensor } from "../tensor/index.js";

export interface RowSummary {
  readonly predicted: number;
  readonly confidence: number;
  readonly logSumExp: number;
}

/** Summary of one row of logits; the first of equal logits is the prediction, as in ArgMax. */
export function summariseRow(
  logits: ArrayLike<number>,
  start: number,
  classes: number,
): RowSummary {
  let predicted = 0;
  for (let c = 1; c < classes; c++) {
    if (logits[start + c]! > logits[start + predicted]!) predicted = c;
  }
  const top = logits[start + predicted]!;
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += Math.exp(logits[start + c]! - top);
  return { predicted, confidence: 1 / sum, logSumExp: top + Math.log(sum) };
}

/** 1 - H(p) / ln(classes), in [0, 1]: 1 is certain, 0 is uniform. */
export function certaintyOfRow(logits: ArrayLike<number>, start: number, classes: number): number {
  if (classes < 2) return 1;
  const { logSumExp } = summariseRow(logits, start, classes);
  let entropy = 0;
  for (let c = 0; c < classes; c++) {
    const logProbability = logits[start + c]! - logSumExp;
    entropy -= Math.exp(logProbability) * logProbability;
  }
  return Math.min(1, Math.max(0, 1 - entropy / Math.log(classes)));
}

/** `f` of every row of logits [N, classes]. */
export function mapRows(
  logits: HostTensor,
  f: (data: ArrayLike<number>, start: number, classes: number) => number,
): Float64Array {
  const [n = 0, classes = 0] = logits.shape;
  const data = logits.data as ArrayLike<number>;
  return Float64Array.from({ length: n }, (_, i) => f(data, i * classes, classes));
}

/**
 * Predicted class of each row of logits [N, classes].
 *
 * @example
 * predictedClasses(tensor("float32", [2, 3], [0, 2, 1, 5, 0, 0])) // Int32Array [1, 0]
 */
export function predictedClasses(logits: HostTensor): Int32Array {
  const [n = 0, classes = 0] = logits.shape;
  const data = logits.data as ArrayLike<number>;
  return Int32Array.from(
    { length: n },
    (_, i) => summariseRow(data, i * classes, classes).predicted,
  );
}
