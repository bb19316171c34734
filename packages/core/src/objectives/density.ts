/** The objective of energy-aware training: task loss, plus lambda times how dense the layers' outputs are. */

import {
  type DensityPenaltyOptions,
  densityPenalty,
  type LeafSelection,
  leafOutputs,
} from "../adaptive/index.js";
import { UserError } from "../base/index.js";
import { scalarConstant, type Value } from "../graph/index.js";
import type { Traced } from "../nn/index.js";
import { functions as f } from "../ops/index.js";
import { crossEntropy } from "./losses/index.js";
import { accuracyOf, type Objective } from "./objective.js";
import type { PlainOptions } from "./plain.js";

export interface DensityOptions
  extends PlainOptions,
    Omit<DensityPenaltyOptions, "leaves" | "output"> {
  /** What a network of which nothing is zero is worth, in units of the loss: a number above 0, or a scalar that is fed. */
  readonly lambda: Value | number;
  /** Which layers' outputs. Default "all", as in the reference. */
  readonly leaves?: LeafSelection;
}

function lambdaValue(lambda: Value | number): Value {
  if (typeof lambda !== "number") return lambda;
  if (Number.isFinite(lambda) && lambda > 0) return scalarConstant(lambda);
  throw new UserError("E_CONFIG", `lambda is ${lambda}`, {
    where: "objective.lambda",
    allowed: "a number > 0",
    next: "for training without a penalty choose the objective plain",
  });
}

/**
 * mean_i loss(f(x_i), y_i) + lambda * sum_k w_k s(a_k), as `densityPenalty` defines the sum.
 *
 * Metrics: loss (total), task, cost (the penalty without lambda), density (the plain mean of the surrogate over the
 * layers), density.<kind of layer> (over those of a kind), accuracy.final. With a `share` below 1, cost and densities are estimates from that share of the batch.
 *
 * @throws UserError E_CONFIG for lambda or sigma <= 0.
 * @example
 * const traced = traceModel(lenet(), { batchSize: 64, training: true });
 * const labels = input("labels", [64], "int32");
 * density(traced, { labels, lambda: 2.5, sigma: 1e-4 }).loss.shape // []
 */
export function density(traced: Pick<Traced, "output">, options: DensityOptions): Objective {
  const { labels, loss = crossEntropy, lambda, leaves: selection = "all", ...rest } = options;
  const { output } = traced;
  const weight = lambdaValue(lambda);
  const task = f.reduceMean(loss(output, labels));
  const leaves = leafOutputs(traced, selection);
  const { penalty, mean, byKind } = densityPenalty({ ...rest, leaves, output });
  const total = f.add(task, f.mul(weight, penalty));
  const kinds = Object.entries(byKind).map(([kind, value]) => [`density.${kind}`, value]);
  return {
    loss: total,
    metrics: {
      loss: total,
      task,
      cost: penalty,
      "accuracy.final": accuracyOf(output, labels),
      density: mean,
      ...Object.fromEntries(kinds),
    },
  };
}
