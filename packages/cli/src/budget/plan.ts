/** What a budget means for a network: limits in the units of their costs, and whether channels can keep them. */

import {
  type ChannelGating,
  exitLedger,
  gateChannels,
  gatedLedger,
  type TracedExits,
  traceExits,
} from "@frugal/core/adaptive";
import { UserError } from "@frugal/core/base";
import { type CostName, type CostUnit, costModels, type Ledger } from "@frugal/core/costs";
import type { Model } from "@frugal/core/nn";
import {
  amountOf,
  type CostRange,
  parseBudget,
  reachableRange,
  requireReachable,
} from "@frugal/core/objectives";
import type { Dataset } from "../data/index.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { exitOptions, recipeModel } from "../training/network.js";
import { deciders } from "./deciders.js";

/** One limit. Numbers are in the unit of the cost, for one sample. */
export interface PlannedLimit {
  /** As it was asked for. */
  readonly name: string;
  readonly cost: CostName;
  readonly unit: CostUnit;
  readonly limit: number;
  /** Of the whole network. */
  readonly full: number;
  readonly range: CostRange;
}

export interface BudgetPlan {
  readonly model: Model;
  readonly limits: readonly PlannedLimit[];
  /** For groups and counts: gates of this trace are not trained. */
  readonly gating: ChannelGating;
  trace(model: Model, options: { batchSize: number; training: boolean }): TracedExits;
}

export type Channels = NonNullable<ResolvedRecipe["channels"]>;

export function channelsOf({ channels }: ResolvedRecipe): Channels {
  if (channels) return channels;
  throw new UserError("E_CONFIG", "the recipe has no channels to decide about", {
    where: "channels",
    next: "add channels: {} and objective.budget, or give --budget",
  });
}

/** What one sample costs by a model. */
export const costOf = (cost: CostName, ledger: Ledger): number => costModels[cost].full(ledger);

export const ledgerOfNetwork = (traced: TracedExits): Ledger => exitLedger(traced);

/** Two limits of one cost: nothing about a channel differs between samples, so one of them says nothing. */
function requireOneLimit(limits: readonly { readonly name: string; readonly cost: string }[]) {
  limits.forEach(({ name, cost }, i) => {
    const twin = limits.slice(0, i).find((l) => l.cost === cost);
    if (!twin) return;
    throw new UserError("E_CONFIG", `the budget limits ${cost} by ${twin.name} and by ${name}`, {
      where: "objective.budget",
      allowed: "one limit per cost: with channels removed every sample costs the same",
      next: `keep the lower of the two, as ${cost}`,
    });
  });
}

/** A cost that no channel moves would be kept by chance or never. */
function requireMoved(limits: readonly PlannedLimit[]): void {
  for (const { name, cost, range } of limits) {
    if (range.lowest < range.highest) continue;
    throw new UserError("E_CONFIG", `no decision moves the cost ${name}`, {
      where: `objective.budget.${name}`,
      allowed: "a cost that falls with the number of channels, such as macs, parameters",
      next: `leave ${cost} out`,
    });
  }
}

/**
 * The plan for the budget of a recipe.
 *
 * @throws UserError E_CONFIG for unknown costs and units, limits out of reach (with the range), costs that no channel moves,
 *   and models without channels to remove.
 */
export function planBudget(recipe: ResolvedRecipe, dataset: Dataset): BudgetPlan {
  const { kind, multiple } = channelsOf(recipe);
  const model = recipeModel(recipe, dataset);
  const trace: BudgetPlan["trace"] = (m, options) =>
    traceExits(m, { ...exitOptions(recipe), ...options });
  const gate = deciders[kind].gate ?? "straightThrough";
  const gating = gateChannels(model, { kind: gate, batchSize: 1, training: false, trace });
  const asked = parseBudget(recipe.objective.budget ?? {});
  requireOneLimit(asked);
  const ledger = gatedLedger(gating, "soft");
  const bounds = gating.gates.map(({ share, size }) => ({
    share,
    lowest: Math.min(multiple, size) / size,
  }));
  const limits = asked.map((given): PlannedLimit => {
    const cost = given.cost as CostName;
    const full = costModels[cost].full(ledger);
    const range = reachableRange(ledger, bounds, [costModels[cost]])[costModels[cost].name]!;
    return { name: given.name, cost, unit: given.unit, limit: amountOf(given, full), full, range };
  });
  requireMoved(limits);
  for (const limit of limits) requireReachable(limit, limit.range);
  return { model, limits, gating, trace };
}
