/** What a budget means for a network: limits in the units of their costs, and whether channels can keep them. */

import {
  type ChannelGating,
  gateChannels,
  type TracedExits,
  traceExits,
} from "@frugal/core/adaptive";
import { assert, UserError } from "@frugal/core/base";
import { type CostModel, type CostName, type CostUnit, costModels } from "@frugal/core/costs";
import type { Model } from "@frugal/core/nn";
import {
  amountOf,
  type CostLimit,
  type CostRange,
  parseBudget,
  requireReachable,
} from "@frugal/core/objectives";
import type { Dataset } from "../data/index.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { exitOptions, recipeModel } from "../training/network.js";
import { deciders } from "./deciders.js";
import { allowedSizes, type Sizes } from "./sizes.js";
import { type MachineTimes, type TimeStatistic, timeCost, timeStatisticOf } from "./times.js";
import { layersOf, narrowedLedger } from "./widths.js";

/** One limit. Numbers are in the unit of the cost, for one sample. */
export interface PlannedLimit {
  /** As it was asked for. */
  readonly name: string;
  readonly cost: string;
  /** What is counted, and where times are limited what is predicted. */
  readonly model: CostModel;
  readonly unit: CostUnit;
  /** Of measured times, which decide whether a limit of time is met; undefined for what is counted. */
  readonly statistic?: TimeStatistic;
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
  /** Numbers of channels that each group may keep. */
  readonly sizes: Sizes;
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

/** Two limits of one cost: no count of a channel differs between samples, so one of them says nothing. */
export function requireOneLimit(limits: readonly CostLimit[]): void {
  const kindOf = (limit: CostLimit) => `${limit.cost} ${timeStatisticOf(limit) ?? ""}`;
  limits.forEach((limit, i) => {
    const twin = limits.slice(0, i).find((l) => kindOf(l) === kindOf(limit));
    if (!twin) return;
    const { name, cost } = limit;
    throw new UserError("E_CONFIG", `the budget limits ${cost} by ${twin.name} and by ${name}`, {
      where: "objective.budget",
      allowed: "one limit per cost: every sample costs the same",
      next: `keep the lower of the two, as ${cost}`,
    });
  });
}

/** What a limit is counted by: the cost model, or the times of this machine. */
function modelOf(given: CostLimit, times: MachineTimes | undefined) {
  const statistic = timeStatisticOf(given);
  if (!statistic) return { model: costModels[given.cost as CostName] };
  assert(times, "the whole network is timed before a budget of time is planned");
  return { model: timeCost(given.name, statistic, times), statistic };
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
 * The plan for the budget of a recipe. `times`: of the machine, where a limit is about time.
 *
 * @throws UserError E_CONFIG for unknown costs and units, limits out of reach (with the range), costs that no channel moves,
 *   and models without channels to remove.
 */
export function planBudget(
  recipe: ResolvedRecipe,
  dataset: Dataset,
  times?: MachineTimes,
): BudgetPlan {
  const { kind, multiple } = channelsOf(recipe);
  const model = recipeModel(recipe, dataset);
  const trace: BudgetPlan["trace"] = (m, options) =>
    traceExits(m, { ...exitOptions(recipe), ...options });
  const gate = deciders[kind].gate ?? "straightThrough";
  const gating = gateChannels(model, { kind: gate, batchSize: 1, training: false, trace });
  const asked = parseBudget(recipe.objective.budget ?? {});
  requireOneLimit(asked);
  const layers = layersOf(gating);
  const counted = (channels: (group: { name: string; size: number }) => number) => {
    const counts = Object.fromEntries(gating.gates.map((g) => [g.name, channels(g)]));
    return narrowedLedger({ model, trace }, layers, counts);
  };
  const groups = gating.gates.map(({ name, size }) => ({ name, size }));
  const sizes = allowedSizes(multiple, { groups, network: { model, trace }, layers });
  // All costs fall with every channel, so the network with the fewest is the lowest in each.
  const fewest = counted(({ name }) => sizes[name]![0]!);
  const whole = counted(({ size }) => size);
  const limits = asked.map((given): PlannedLimit => {
    const { name, cost, unit } = given;
    const counting = modelOf(given, times);
    const full = counting.model.full(whole);
    const range = { lowest: counting.model.full(fewest), highest: full };
    return { name, cost, unit, ...counting, limit: amountOf(given, full), full, range };
  });
  requireMoved(limits);
  for (const limit of limits) requireReachable(limit, limit.range);
  return { model, limits, gating, sizes, trace };
}
