/** Chooses the channels that are kept: the largest network under the budget, in the order that the decider wants. */

import { UserError } from "@frugal/core/base";
import { type Counts, fillBudget, keptOf } from "./fill.js";
import type { BudgetPlan } from "./plan.js";
import { layersOf, narrowedLedger } from "./widths.js";

/** What the network with so many channels costs, over the limits, at the tightest one: counted, not estimated. */
function loadOf(plan: BudgetPlan): (counts: Counts) => number {
  const layers = layersOf(plan.gating);
  return (counts) => {
    const ledger = narrowedLedger(plan, layers, counts);
    return Math.max(...plan.limits.map(({ model, limit }) => model.full(ledger) / limit));
  };
}

/**
 * For every group, which channels are kept. `scores`: of the channels of every group, the larger, the sooner one is kept.
 *
 * @throws UserError E_CONFIG where even the smallest network of these sizes is above the budget.
 */
export function chooseChannels(
  plan: BudgetPlan,
  scores: Readonly<Record<string, readonly number[]>>,
): Record<string, boolean[]> {
  const groups = plan.gating.gates.map(({ name }) => ({
    name,
    scores: scores[name]!,
    sizes: plan.sizes[name]!,
  }));
  const counts = fillBudget(groups, { load: loadOf(plan) });
  if (counts) return keptOf(groups, counts);
  throw new UserError("E_CONFIG", "no network of the sizes that are allowed is below the budget", {
    where: "objective.budget",
    next: "raise the budget or lower channels.multiple",
  });
}
