/** What a run that decides about channels is watched for. */

import type { CostTermPlan } from "@frugal/core/objectives";
import type { WatchPlan } from "../training/watch.js";

export interface BudgetWatchOptions {
  /** Accuracy of guessing. */
  readonly chance: number;
  /** Step from which the budget has a price. */
  readonly warmup: number;
  /** Step at which channels are removed. */
  readonly until: number;
}

/** Share of the steps with a price in which gates are on their way: what stands still before that is no failure. */
const ON_THE_WAY = 0.5;

const late = "decide for longer: more epochs, or fewer of them in channels.fineTune";

export function budgetWatch(
  costs: readonly Pick<CostTermPlan, "name" | "start" | "limit">[],
  { chance, warmup, until }: BudgetWatchOptions,
): WatchPlan {
  const from = warmup + ON_THE_WAY * (until - warmup);
  const prices = new Set(costs.map(({ name }) => `lambda.${name}`));
  return {
    costs,
    chance,
    advice: {
      costIgnored: `${late}; monitor: { pressure: 1 } shows whether a gradient arrives`,
      ratioStuck: `${late}; the budget is kept by removal alone`,
      accuracyCollapse: "set channels.accuracyFloor, warm up for longer, or raise the limit",
    },
    // The monitors look at what has a price. Records of an earlier attempt do not say which step they were fed for.
    ofStep: ({ step = 0, ...measured }) =>
      step > from
        ? measured
        : Object.fromEntries(Object.entries(measured).filter(([name]) => !prices.has(name))),
  };
}
