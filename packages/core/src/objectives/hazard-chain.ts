/** The compute-aware objective of early exits: task loss mixed over exits, plus lambda times the expected cost. */

import { exitChain, exitLedger, hazardsOf, type TracedExits } from "../adaptive/index.js";
import { UserError } from "../base/index.js";
import { type CostModel, macsCost, withActivity } from "../costs/index.js";
import type { Value } from "../graph/index.js";
import { functions as f } from "../ops/index.js";
import { type FormName, objectiveForms } from "./forms/index.js";
import { crossEntropy } from "./losses/index.js";
import { accuracyOf, type Objective, requireWeight } from "./objective.js";
import type { PlainOptions } from "./plain.js";
import { type SupervisionOptions, supervisionWeights, weightedSum } from "./supervision.js";

export interface HazardChainOptions extends PlainOptions {
  /** Scalar, usually the graph input "lambda": what one run of the full network is worth, in units of the loss. */
  readonly lambda: Value;
  readonly supervision?: SupervisionOptions;
  /**
   * How the cost becomes a term, `lambda` being the multiplier. Default "linear". A form adds the metric `hard.<cost>`:
   * the cost where a sample leaves at the first hazard of one half or more, which is what a controller follows.
   */
  readonly form?: FormName;
  /** For forms with a limit: share of the cost of the full network. */
  readonly limit?: Value | number;
  /** For the form "augmentedLagrangian". */
  readonly penalty?: Value;
  /** Default: MACs. */
  readonly cost?: CostModel;
  /**
   * Pull of every gate's logit towards where it began, as in 0.5 * gateDecay * (logit - gateBias)^2. Default 0.003.
   * Without it gates shut for good while the exits are still untrained: a saturated sigmoid passes no gradient, so
   * lambda then does nothing until it does everything.
   */
  readonly gateDecay?: number;
}

const sum = (values: readonly Value[]): Value => values.reduce((a, b) => f.add(a, b));

/** 1 where a sample would leave. */
const decided = (hazard: Value): Value => f.cast(f.greaterOrEqual(hazard, 0.5), hazard.dtype);

/**
 * With p_ik the probability that sample i leaves at exit k (hazard chain) and l_ik its loss there:
 *
 *   task  = mean_i sum_k p_ik l_ik               (loss mixture, as in PonderNet, Banino et al. 2021)
 *   cost  = mean_i sum_k p_ik c_k / c_K          (expected cost, heads and gates included; 1 is the full network)
 *   total = task + lambda * cost + sum_k w_k mean_i l_ik + gate decay,   divided by 1 + sum_k w_k
 *           (lambda * cost: or the term of another `form`)
 *
 * w: `supervision`, a floor under every exit. The division leaves the minimum and the meaning of lambda as they are
 * and keeps the size of gradients that of a plain network, so learning rates carry over.
 *
 * Metrics: loss (total), task, cost, expectedMacs (or another unit's `expected.<name>`), depth (mean exit from 1),
 * reach.final (weight that reaches the last exit), accuracy.<exit>.
 *
 * @throws UserError E_CONFIG for a network without exits or gates, or whose cost is 0.
 * @example
 * const net = traceExits(model, { exits: ["layer1"], batchSize: 64, training: true });
 * const labels = input("labels", [64], "int32");
 * hazardChain(net, { labels, lambda: input("lambda", []) }).loss.shape // []
 */
export function hazardChain(traced: TracedExits, options: HazardChainOptions): Objective {
  const { labels, lambda, loss = crossEntropy, supervision = {}, cost = macsCost } = options;
  const { gateDecay = 0.003, form, limit, penalty } = options;
  requireWeight(gateDecay, "objective.gateDecay");
  const { exits } = traced;
  const hazards = hazardsOf(traced);
  const { probabilities, reach } = exitChain(hazards);
  const losses = exits.map((e) => loss(e.logits, labels));

  const task = f.reduceMean(sum(losses.map((l, k) => f.mul(l, probabilities[k]!))));

  const ledger = exitLedger(traced);
  const costUnder = (reached: readonly (Value | undefined)[]): Value => {
    const reachOf = new Map(exits.map((e, k) => [e.name, reached[k]]));
    const active = withActivity(ledger, (entry) => reachOf.get(entry.stage ?? ""));
    return f.reduceMean(cost.expected(active));
  };
  const expected = costUnder(reach);
  const full = cost.full(ledger);
  if (!(full > 0)) {
    throw new UserError("E_CONFIG", `this network costs ${full} ${cost.unit} (${cost.title})`, {
      where: "objective.cost",
      next: "choose a cost that the network has: macs, for example",
    });
  }
  const normalised = f.div(expected, full);

  const weights = supervisionWeights(exits, supervision);
  const floor = weightedSum(
    losses.map((l) => f.reduceMean(l)),
    weights,
  );
  const pulls = exits.flatMap(({ gate }) =>
    gate ? [f.reduceMean(f.square(f.sub(gate.logit, gate.bias)))] : [],
  );
  const pull = weightedSum(
    pulls,
    pulls.map(() => gateDecay / 2),
  );
  const term = objectiveForms[form ?? "linear"].term({
    task,
    normalised,
    multiplier: lambda,
    ...(limit === undefined ? {} : { limit }),
    ...(penalty ? { penalty } : {}),
  });
  const saving = term ? f.add(task, term) : task;
  const priced = pull ? f.add(saving, pull) : saving;
  const total = f.div(
    floor ? f.add(priced, floor) : priced,
    1 + weights.reduce((a, b) => a + b, 0),
  );

  const depth = f.reduceMean(sum(probabilities.map((p, k) => (k === 0 ? p : f.mul(p, k + 1)))));
  return {
    loss: total,
    metrics: {
      loss: total,
      task,
      cost: normalised,
      [cost === macsCost ? "expectedMacs" : `expected.${cost.name}`]: expected,
      ...(form ? { [`hard.${cost.name}`]: costUnder(exitChain(hazards.map(decided)).reach) } : {}),
      depth,
      "reach.final": f.reduceMean(reach.at(-1)!),
      ...Object.fromEntries(exits.map((e) => [`accuracy.${e.name}`, accuracyOf(e.logits, labels)])),
    },
  };
}
