/** What pruning is compared with: uniformly narrower networks, random channels, and the largest filters. */

import { UserError } from "../../base/index.js";
import { type CostModel, type CostName, costModels } from "../../costs/index.js";
import { type Model, traceModel, withWidths } from "../../nn/index.js";
import { permutation, randomStream } from "../../random/index.js";
import { inferenceLedger, type Tracer } from "./gate-channels.js";
import { type ChannelGroup, channelGroups } from "./groups.js";
import { channelImportance } from "./importance.js";
import {
  type Kept,
  type RoundingOptions,
  requireMultiple,
  type State,
  topChannels,
} from "./kept.js";
import { widthsFor } from "./remove.js";

/** A share of the channels of every group, or of each group by name (1 where it is not named). */
export type ChannelShareTable = number | Readonly<Record<string, number>>;

const evaluation = { batchSize: 1, training: false } as const;

const freeOf = (groups: readonly ChannelGroup[]): ChannelGroup[] =>
  groups.filter((g) => g.fixed === undefined);

function countFor({ name, size }: ChannelGroup, shares: ChannelShareTable): number {
  const share = typeof shares === "number" ? shares : (shares[name] ?? 1);
  if (!(share > 0 && share <= 1)) {
    throw new UserError("E_CONFIG", `a share of ${share} of the channels of "${name}"`, {
      where: "shares",
      allowed: "more than 0, at most 1",
    });
  }
  return Math.max(1, Math.round(size * share));
}

export interface UniformWidthsOptions extends RoundingOptions {
  /** As in `gateChannels`. */
  readonly trace?: Tracer;
}

/**
 * Widths of the model with every group that can be narrowed at `factor` of its channels, for `withWidths`. Layers that keep
 * their width are not in it.
 *
 * @throws UserError E_CONFIG for a factor outside (0, 1].
 * @example
 * uniformWidths(mlp({ sizes: [8, 16, 12, 4] }), 0.5) // { hidden0: 8, hidden1: 6 }
 * uniformWidths(mlp({ sizes: [8, 16, 12, 4] }), 0.5, { multiple: 8 }) // { hidden0: 8, hidden1: 8 }
 */
export function uniformWidths(
  model: Model,
  factor: number,
  { multiple = 1, trace = traceModel }: UniformWidthsOptions = {},
): Record<string, number> {
  requireMultiple(multiple);
  const traced = trace(model, evaluation);
  const groups = channelGroups(traced);
  const kept = freeOf(groups).map((group): [string, boolean[]] => {
    const first = Array.from({ length: group.size }, (_, i) => -i);
    return [group.name, topChannels(first, countFor(group, factor), { multiple })];
  });
  return widthsFor(traced, groups, Object.fromEntries(kept));
}

/**
 * As many channels of every group as `shares` says, drawn at random: the baseline that a method of choosing must beat.
 *
 * @example
 * const groups = channelGroups(traceModel(mlp({ sizes: [8, 4, 2] }), { batchSize: 1, training: false }));
 * randomKept(groups, 0.5, 1).hidden0.filter(Boolean).length // 2
 */
export const randomKept = (
  groups: readonly ChannelGroup[],
  shares: ChannelShareTable,
  seed: number,
): Record<string, boolean[]> =>
  Object.fromEntries(
    freeOf(groups).map((group) => {
      const order = permutation(randomStream(seed, "channels", group.name), group.size);
      return [group.name, topChannels([...order], countFor(group, shares))];
    }),
  );

/**
 * The channels of every group with the largest filters and scales, as many as `shares` says.
 *
 * Reference: Li et al. 2017, arXiv:1608.08710.
 *
 * @example
 * const plain = traceModel(mlp({ sizes: [1, 2, 2] }), { batchSize: 1, training: false });
 * const weights = { ...initialState(plain, 1), "hidden0.weight": tensor("float32", [2, 1], [-3, 1]) };
 * magnitudeKept(channelGroups(plain), weights, 0.5) // { hidden0: [true, false] }
 */
export function magnitudeKept(
  groups: readonly ChannelGroup[],
  state: State,
  shares: ChannelShareTable,
): Record<string, boolean[]> {
  const importance = channelImportance(groups, state);
  return Object.fromEntries(
    freeOf(groups).map((group) => [
      group.name,
      topChannels(importance[group.name]!, countFor(group, shares)),
    ]),
  );
}

const modelOf = (cost: CostName | CostModel): CostModel =>
  typeof cost === "string" ? costModels[cost] : cost;

/** What a network costs with these channels, recounted on the narrower network. */
export interface HardCostOptions {
  readonly cost: CostName | CostModel;
  readonly trace?: Tracer;
}

/**
 * The cost of one sample at inference of the model with only these channels: counted on the network that removal leaves, so
 * there is nothing to round.
 *
 * @example
 * // 8 x 2 and 2 x 4
 * hardCost(mlp({ sizes: [8, 3, 4] }), { hidden0: [true, false, true] }, { cost: "macs" }) // 24
 */
export function hardCost(
  model: Model,
  kept: Kept,
  { cost, trace = traceModel }: HardCostOptions,
): number {
  const traced = trace(model, evaluation);
  const widths = widthsFor(traced, channelGroups(traced), kept);
  return narrowCost(model, widths, { cost, trace });
}

function narrowCost(
  model: Model,
  widths: Readonly<Record<string, number>>,
  { cost, trace }: Required<HardCostOptions>,
): number {
  const narrow = withWidths(model, widths, { partial: true });
  return modelOf(cost).full(inferenceLedger(trace(narrow, evaluation)));
}

export interface BudgetOptions extends RoundingOptions, HardCostOptions {
  /** In the cost's unit: what the network may cost at most. */
  readonly budget: number;
  /** Of the channels of each group, comparable between groups: `channelImportance`, or the scores of gates. */
  readonly importance: Readonly<Record<string, readonly number[]>>;
}

/** Channels that are added together. */
interface Unit {
  readonly group: string;
  readonly channels: readonly number[];
  readonly importance: number;
}

/** Units of a group, best first: within a group they can only be taken in this order. */
function unitsOf(
  { name, size }: ChannelGroup,
  scores: readonly number[],
  multiple: number,
): Unit[] {
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (a, b) => scores[b]! - scores[a]! || a - b,
  );
  return Array.from({ length: Math.ceil(size / multiple) }, (_, u) => {
    const channels = order.slice(u * multiple, (u + 1) * multiple);
    const mean = channels.reduce((n, c) => n + scores[c]!, 0) / channels.length;
    return { group: name, channels, importance: mean };
  });
}

/**
 * The largest set of channels whose hard cost is within a budget: channels of all groups in one ranking by importance, the
 * best taken as long as they fit, and after that whatever of the next ones still fits. Never above the budget; every
 * group keeps a channel (or a multiple of them).
 *
 * @throws UserError E_CONFIG for a budget below what the smallest network costs; names the range.
 * @example
 * // Every channel costs 8 + 4 MACs.
 * const net = mlp({ sizes: [8, 3, 4] });
 * keptForBudget(net, { cost: "macs", budget: 30, importance: { hidden0: [1, 3, 2] } }) // { hidden0: [false, true, true] }
 */
export function keptForBudget(model: Model, options: BudgetOptions): Record<string, boolean[]> {
  const { budget, cost, importance, multiple = 1, trace = traceModel } = options;
  requireMultiple(multiple);
  const traced = trace(model, evaluation);
  const groups = channelGroups(traced);
  const free = freeOf(groups);
  const units = free.flatMap((g) => {
    const scores = importance[g.name] ?? new Array<number>(g.size).fill(0);
    return unitsOf(g, scores, multiple);
  });
  const firsts = free.map((g) => units.find((u) => u.group === g.name)!);
  const rest = units.filter((u) => !firsts.includes(u)).sort((a, b) => b.importance - a.importance);
  const keptOf = (chosen: readonly Unit[]): Record<string, boolean[]> => {
    const masks = new Map(free.map((g) => [g.name, new Array<boolean>(g.size).fill(false)]));
    for (const { group, channels } of chosen) for (const c of channels) masks.get(group)![c] = true;
    return Object.fromEntries(masks);
  };
  const costOf = (chosen: readonly Unit[]): number =>
    narrowCost(model, widthsFor(traced, groups, keptOf(chosen)), { cost, trace });
  const fits = (chosen: readonly Unit[]) => costOf(chosen) <= budget;
  if (!fits(firsts)) {
    const unit = modelOf(cost).unit;
    throw new UserError("E_CONFIG", `a budget of ${budget} ${unit}`, {
      where: "budget",
      allowed: `${costOf(firsts)} to ${costOf(units)} ${unit}`,
      next: "choose a budget in this range, or a smaller model",
    });
  }
  // The longest beginning of the ranking that fits: costs rise with every channel.
  let [low, high] = [0, rest.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits([...firsts, ...rest.slice(0, middle)])) low = middle;
    else high = middle - 1;
  }
  const chosen = [...firsts, ...rest.slice(0, low)];
  const full = new Set<string>();
  for (const unit of rest.slice(low)) {
    // What did not fit once does not fit later either.
    if (full.has(unit.group)) continue;
    if (fits([...chosen, unit])) chosen.push(unit);
    else full.add(unit.group);
  }
  return keptOf(chosen);
}
