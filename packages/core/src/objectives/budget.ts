/** Budgets: limits of costs by name, as command lines and recipes give them. */

import { nearestName, UserError } from "../base/index.js";
import { type CostName, type CostUnit, costModels, costNames } from "../costs/index.js";
import { parseQuantity, quantityHelp } from "./amounts.js";

/** Of a cost that differs between samples. Default: the mean. */
export const statistics = ["mean", "p50", "p90", "p95", "p99", "max"] as const;
export type Statistic = (typeof statistics)[number];

/** What one cost may be at most. */
export interface CostLimit {
  /** As it was named: "macs", "latency.p95". */
  readonly name: string;
  /** The cost model, or the user's own cost. */
  readonly cost: string;
  readonly statistic: Statistic;
  readonly unit: CostUnit;
  /** A share of the cost at the start, or an amount in `unit`. */
  readonly kind: "share" | "amount";
  readonly value: number;
}

export interface BudgetOptions {
  /** For messages. Default "objective.budget". */
  readonly where?: string;
  /** Units of costs beside the registered ones. */
  readonly own?: Readonly<Record<string, CostUnit>>;
}

/** Short names. Energy is what the usual table says of a network as it is stored: 45 nm, float32. */
const aliases: Readonly<Record<string, CostName>> = { energy: "energy45" };

/** The unit of a cost by name; undefined if there is no such cost. */
function unitOf(cost: string, own: BudgetOptions["own"] = {}): CostUnit | undefined {
  if (Object.hasOwn(own, cost)) return own[cost];
  return Object.hasOwn(costModels, cost) ? costModels[cost as CostName].unit : undefined;
}

/** Throws the error for a cost that nobody knows. */
export function unknownCost(name: string, { where, own = {} }: BudgetOptions): never {
  const known = [...costNames, ...Object.keys(aliases), ...Object.keys(own)];
  const nearest = nearestName(name, known);
  throw new UserError("E_CONFIG", `there is no cost "${name}"`, {
    where: where ?? "objective.budget",
    allowed: known.join(", "),
    ...(nearest ? { next: `did you mean "${nearest}"?` } : {}),
  });
}

/** Cost, statistic and unit of a name such as "latency.p95". */
export function costOfName(
  name: string,
  options: BudgetOptions = {},
): Pick<CostLimit, "cost" | "statistic" | "unit"> {
  const known = (given: string) => {
    const cost = Object.hasOwn(aliases, given) ? aliases[given]! : given;
    const unit = unitOf(cost, options.own);
    return unit && { cost, unit };
  };
  const whole = known(name);
  if (whole) return { ...whole, statistic: "mean" };
  const dot = name.lastIndexOf(".");
  const given = dot < 0 ? name : name.slice(0, dot);
  const found = known(given);
  if (!found) return unknownCost(given, options);
  const { cost, unit } = found;
  const statistic = statistics.find((s) => s === name.slice(dot + 1));
  if (!statistic) {
    throw new UserError("E_CONFIG", `"${name}" asks for "${name.slice(dot + 1)}" of ${given}`, {
      where: options.where ?? "objective.budget",
      allowed: statistics.join(", "),
    });
  }
  return { cost, statistic, unit };
}

function limitOf(name: string, given: string | number, options: BudgetOptions): CostLimit {
  const { where = "objective.budget" } = options;
  const identity = { name, ...costOfName(name, options) };
  const { unit } = identity;
  const text = String(given).trim();
  const percent = /^([0-9]+(?:\.[0-9]+)?)\s*%$/.exec(text)?.[1];
  const amount = percent === undefined ? parseQuantity(text, unit) : Number(percent) / 100;
  const help = `${quantityHelp(unit)}; or a share of the whole network, such as 50%`;
  if (amount === undefined) {
    throw new UserError("E_CONFIG", `${name}=${text} is no budget: ${name} is counted in ${unit}`, {
      where: `${where}.${name}`,
      allowed: help,
      ...(unit === "MACs" && /flop/i.test(text) ? { next: "1 MAC is 2 FLOPs" } : {}),
    });
  }
  const isCount = parseQuantity("1", unit) !== undefined;
  const isShare = percent !== undefined || (isCount && amount < 1);
  if (!(amount > 0) || (percent !== undefined && amount > 1)) {
    throw new UserError("E_CONFIG", `${name}=${text} is no budget`, {
      where: `${where}.${name}`,
      allowed: `above 0; ${help}`,
    });
  }
  return { ...identity, kind: isShare ? "share" : "amount", value: amount };
}

/**
 * The limits of a budget, from `"macs=2M,latency.p95=5ms"` or from the keys of a recipe. Amounts carry the unit of their
 * cost; a percentage, or a bare count below 1, is a share of the whole network. "energy" is the cost energy45.
 *
 * @throws UserError E_CONFIG for unknown costs (with the nearest and the list), for units that are missing or of another
 *   cost, for a cost named twice, for nothing at all.
 * @example
 * const [macs, latency] = parseBudget("macs=2M,latency.p95=5ms");
 * macs // { name: "macs", cost: "macs", statistic: "mean", unit: "MACs", kind: "amount", value: 2000000 }
 * latency?.statistic // "p95"
 * latency?.value // 5
 * parseBudget({ macs: "50%" })[0]?.kind // "share"
 * parseBudget("latency=5") // throws E_CONFIG
 */
export function parseBudget(
  given: string | Readonly<Record<string, string | number>>,
  options: BudgetOptions = {},
): CostLimit[] {
  const { where = "objective.budget" } = options;
  const pairs = typeof given === "string" ? pairsOf(given, where) : Object.entries(given);
  if (pairs.length === 0) {
    throw new UserError("E_CONFIG", "the budget is empty", {
      where,
      allowed: "at least one limit, such as macs=2M",
    });
  }
  const limits = pairs.map(([name, value]) => limitOf(name, value, options));
  limits.forEach((limit, i) => {
    const twin = limits
      .slice(0, i)
      .find((l) => l.cost === limit.cost && l.statistic === limit.statistic);
    if (!twin) return;
    throw new UserError("E_CONFIG", `the budget limits ${limit.name} twice`, {
      where,
      allowed: "one limit per cost",
      next: `keep one of ${pairs[limits.indexOf(twin)]!.join("=")} and ${pairs[i]!.join("=")}`,
    });
  });
  return limits;
}

function pairsOf(text: string, where: string): [string, string][] {
  const parts = text.split(",").map((part) => part.trim());
  return parts.flatMap((part): [string, string][] => {
    if (part === "" && parts.length === 1) return [];
    const at = part.indexOf("=");
    if (at > 0) return [[part.slice(0, at).trim(), part.slice(at + 1)]];
    throw new UserError("E_CONFIG", `${JSON.stringify(part)} is no limit`, {
      where,
      allowed: "COST=AMOUNT, several separated by commas, such as macs=2M,parameters=300k",
    });
  });
}

/**
 * A limit in the unit of its cost, which costs `start` at the start of training.
 *
 * @example
 * amountOf({ kind: "share", value: 0.25 }, 8_000_000) // 2000000
 */
export const amountOf = (limit: Pick<CostLimit, "kind" | "value">, start: number): number =>
  limit.kind === "share" ? limit.value * start : limit.value;
