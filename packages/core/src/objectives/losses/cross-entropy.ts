/** Cross-entropy of class scores. */

import { UserError } from "../../base/index.js";
import type { Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { formatShape } from "../../tensor/index.js";

export interface CrossEntropyOptions {
  /** Share s of the target that is spread evenly over all classes (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number;
}

/**
 * -sum_c t_c log softmax(z)_c with t = (1 - s) onehot(label) + s / C, for each sample.
 *
 * logits: [N, C]; labels: int32 [N] of classes 0 to C - 1. Returns [N].
 *
 * @example
 * const labels = input("labels", [32], "int32");
 * crossEntropy(input("logits", [32, 10]), labels, { labelSmoothing: 0.1 }).shape // [32]
 */
export function crossEntropy(
  logits: Value,
  labels: Value,
  options: CrossEntropyOptions = {},
): Value {
  const { labelSmoothing = 0 } = options;
  const [batch, classes] = logits.shape;
  if (logits.shape.length !== 2 || labels.shape.length !== 1 || labels.shape[0] !== batch) {
    throw new UserError(
      "E_SHAPE",
      `crossEntropy was given logits ${formatShape(logits.shape)} and labels ${formatShape(labels.shape)}`,
      { allowed: "logits [batch, classes] and labels [batch]" },
    );
  }
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new UserError("E_CONFIG", `label smoothing is ${labelSmoothing}`, {
      allowed: "0 to 1",
    });
  }
  const logProbabilities = f.logSoftmax(logits, { axis: 1 });
  const onehot = f.oneHot(labels, { depth: classes!, axis: -1, dtype: logits.dtype });
  const target =
    labelSmoothing === 0
      ? onehot
      : f.add(f.mul(onehot, 1 - labelSmoothing), labelSmoothing / classes!);
  return f.neg(f.reduceSum(f.mul(logProbabilities, target), { axes: [1] }));
}
