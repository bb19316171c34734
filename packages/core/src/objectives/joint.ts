/** All exits trained together with fixed weights and no cost: for exits that are left by confidence. */

import type { TracedExits } from "../adaptive/index.js";
import { UserError } from "../base/index.js";
import { functions as f } from "../ops/index.js";
import { crossEntropy } from "./losses/index.js";
import { accuracyOf, type Objective } from "./objective.js";
import type { PlainOptions } from "./plain.js";
import { type SupervisionOptions, supervisionWeights, weightedSum } from "./supervision.js";

export interface JointOptions extends PlainOptions {
  readonly supervision?: SupervisionOptions;
}

/**
 * sum_k w_k mean_i loss_ik / sum_k w_k (BranchyNet, MSDNet). Has no lambda: nothing here depends on what is spent.
 *
 * @example
 * const net = traceExits(model, { exits: ["layer1"], gate: "none", batchSize: 64, training: true });
 * joint(net, { labels: input("labels", [64], "int32") }).loss.shape // []
 */
export function joint(
  { exits }: Pick<TracedExits, "exits">,
  { labels, loss = crossEntropy, supervision = {} }: JointOptions,
): Objective {
  const weights = supervisionWeights(exits, supervision);
  const losses = exits.map((e) => f.reduceMean(loss(e.logits, labels)));
  const sum = weightedSum(losses, weights);
  if (!sum) {
    throw new UserError("E_CONFIG", "no exit has a weight: there is nothing to learn", {
      where: "objective.supervision",
      allowed: "at least one weight above 0",
    });
  }
  const task = f.div(
    sum,
    weights.reduce((a, b) => a + b, 0),
  );
  const accuracies = exits.map(
    (e) => [`accuracy.${e.name}`, accuracyOf(e.logits, labels)] as const,
  );
  return { loss: task, metrics: { loss: task, task, ...Object.fromEntries(accuracies) } };
}
