/** The baseline: the loss of the full network's prediction alone. */

import type { Value } from "../graph/index.js";
import type { Traced } from "../nn/index.js";
import { functions as f } from "../ops/index.js";
import { crossEntropy } from "./losses/index.js";
import { accuracyOf, type Objective, type SampleLoss } from "./objective.js";

export interface PlainOptions {
  /** int32 [N]. */
  readonly labels: Value;
  /** Default: cross-entropy. */
  readonly loss?: SampleLoss;
}

/**
 * mean_i loss(f(x_i), y_i) of the last exit.
 *
 * @example
 * const labels = input("labels", [64], "int32");
 * const { loss, metrics } = plain(traceModel(lenet(), { batchSize: 64, training: true }), { labels });
 */
export function plain(
  { output }: Pick<Traced, "output">,
  { labels, loss = crossEntropy }: PlainOptions,
): Objective {
  const task = f.reduceMean(loss(output, labels));
  return {
    loss: task,
    metrics: { loss: task, task, "accuracy.final": accuracyOf(output, labels) },
  };
}
