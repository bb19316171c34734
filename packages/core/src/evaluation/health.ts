/** Alarms for early exits: one rule per failure, with a stable id, a level and a message that says what to do. */

import { normalisedEntropy } from "./depth.js";

/** What the rules look at. Shares and rates are in [0, 1]. */
export interface ExitHealthInput {
  readonly exits: readonly string[];
  readonly shares: readonly number[];
  readonly accuracies: readonly number[];
  /** For each exit but the last: null is closed. Absent where there is no fitted rule. */
  readonly thresholds?: readonly (number | null)[];
  /** Accuracy over a random exit with the same shares, with its interval. */
  readonly routingBenefit?: { readonly low: number; readonly high: number };
  /** G_d. */
  readonly decisionGap?: number | null;
  /** G_x. */
  readonly executionGap?: number;
  /** V on the split at hand. */
  readonly violation?: number;
  readonly destructive?: number;
  readonly underthinking?: number;
  /** Mean survival at the last exit, under soft gates. */
  readonly finalReach?: number;
  /** Share of samples whose prediction changes between repeats or batch sizes. */
  readonly flips?: number;
}

/** Plain JSON: goes into reports. */
export interface HealthWarning {
  readonly id: HealthRuleId;
  readonly message: string;
}

export type HealthRuleId =
  | "exit/collapse-shallow"
  | "exit/never-exits"
  | "exit/dead"
  | "exit/closed"
  | "exit/no-routing-benefit"
  | "exit/starved-final"
  | "exit/soft-decisions"
  | "exit/not-executed"
  | "exit/threshold-transfer"
  | "exit/underthinking"
  | "exit/unstable-prediction";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Returns the message if the alarm is raised. Levels: formulas of the exit literature, see the glossary. */
type Rule = (h: ExitHealthInput) => string | undefined;

const rules: Readonly<Record<HealthRuleId, Rule>> = {
  "exit/collapse-shallow"({ shares, accuracies, exits }) {
    const collapsed = shares[0]! > 0.95 || normalisedEntropy(shares) < 0.1;
    const lost = accuracies[accuracies.length - 1]! - accuracies[0]!;
    const shallow = shares[0]! > 0.5;
    return exits.length > 1 && collapsed && shallow && lost > 0.01
      ? `${percent(shares[0]!)} leave at "${exits[0]}", which is ${percent(lost)} less accurate than the full network; lower lambda or start the gates more closed`
      : undefined;
  },
  "exit/never-exits"({ shares, exits }) {
    const last = shares[shares.length - 1]!;
    return exits.length > 1 && last > 0.95
      ? `${percent(last)} run the whole network; raise lambda, lower the budget or move exits earlier`
      : undefined;
  },
  "exit/dead"({ shares, exits, thresholds }) {
    const dead = exits.filter((_, k) => shares[k]! < 0.005 && thresholds?.[k] !== null);
    return dead.length > 0
      ? `fewer than 0.5 % leave at ${dead.join(", ")}: heads that are paid for and not used; consider removing them`
      : undefined;
  },
  "exit/closed"({ exits, thresholds }) {
    const closed = exits.filter((_, k) => thresholds?.[k] === null);
    return closed.length > 0
      ? `the fit closed ${closed.join(", ")}: at this budget they cost more than they save`
      : undefined;
  },
  "exit/no-routing-benefit": ({ routingBenefit, exits }) =>
    exits.length > 1 && routingBenefit && routingBenefit.low <= 0
      ? `the gain over leaving at random with the same shares is not distinguishable from none (${percent(routingBenefit.low)} to ${percent(routingBenefit.high)}): cheaper, but not adaptive`
      : undefined,
  "exit/starved-final": ({ finalReach }) =>
    finalReach !== undefined && finalReach < 0.02
      ? `only ${percent(finalReach)} of the training weight reaches the last exit; raise its floor weight or lower lambda`
      : undefined,
  "exit/soft-decisions": ({ decisionGap }) =>
    typeof decisionGap === "number" && decisionGap > 0.1
      ? `decided exits cost ${percent(decisionGap)} more than the gates promised in training; gates are undecided`
      : undefined,
  "exit/not-executed": ({ executionGap }) =>
    executionGap !== undefined && executionGap > 0.02
      ? `${percent(executionGap)} more was executed than decided: the executor does not really stop`
      : undefined,
  "exit/threshold-transfer": ({ violation }) =>
    violation !== undefined && violation > 0.05
      ? `the budget is overspent by ${percent(violation)} here: thresholds fitted on validation do not carry over`
      : undefined,
  "exit/underthinking": ({ underthinking, destructive }) =>
    underthinking !== undefined && destructive !== undefined && underthinking > destructive + 0.01
      ? `${percent(underthinking)} leave wrong although a later exit is right, more than running on destroys (${percent(destructive)})`
      : undefined,
  "exit/unstable-prediction": ({ flips }) =>
    flips !== undefined && flips > 0
      ? `${percent(flips)} of predictions differ between executors or batch sizes`
      : undefined,
};

export const healthRuleIds = Object.keys(rules) as readonly HealthRuleId[];

/**
 * The alarms that are raised, in a fixed order.
 *
 * @example
 * exitHealth({ exits: ["a", "final"], shares: [0, 1], accuracies: [0.8, 0.9] }).map((w) => w.id)
 * // ["exit/never-exits", "exit/dead"]
 */
export function exitHealth(input: ExitHealthInput): HealthWarning[] {
  return healthRuleIds.flatMap((id) => {
    const message = rules[id](input);
    return message === undefined ? [] : [{ id, message }];
  });
}
