/** What decisions can reach: the lowest and the highest cost, and whether a budget lies between. */

import { UserError } from "../base/index.js";
import {
  type CostModel,
  type CostUnit,
  type Ledger,
  type LedgerEntry,
  withShares,
} from "../costs/index.js";
import { buildGraph, scalarConstant, type Value } from "../graph/index.js";
import { interpret } from "../reference/index.js";
import { formatQuantity } from "./amounts.js";

/** What a decision can make of a share that it gives to the ledger. */
export interface ShareBounds {
  readonly share: Value;
  /** Default 0: an exit that everybody takes before. A group of C channels that keeps at least one: 1 / C. */
  readonly lowest?: number;
  /** Default 1. */
  readonly highest?: number;
}

/** In the unit of the cost. */
export interface CostRange {
  readonly lowest: number;
  readonly highest: number;
}

const mapRecord = <T extends object>(record: T, change: (v: Value) => Value): T =>
  Object.fromEntries(Object.entries(record).map(([k, v]) => [k, v && change(v)])) as T;

/** The ledger with every share replaced. */
const replaced = (ledger: Ledger, change: (v: Value) => Value): Ledger =>
  withShares(ledger, ({ activity, channels, density }: LedgerEntry) => ({
    ...(activity ? { activity: change(activity) } : {}),
    ...(channels ? { channels: mapRecord(channels, change) } : {}),
    ...(density ? { density: mapRecord(density, change) } : {}),
  }));

const isDecided = ({ entries }: Ledger): boolean =>
  entries.some((e) => e.activity || e.channels || e.density);

/** The cost with each share at a number. Float64: what was counted in whole numbers stays exact. */
function costAt(model: CostModel, ledger: Ledger, numberOf: (v: Value) => number): number {
  const constants = new Map<Value, Value>();
  const fixed = replaced(ledger, (v) => {
    const known = constants.get(v) ?? scalarConstant(numberOf(v), "float64");
    constants.set(v, known);
    return known;
  });
  return interpret(buildGraph({ cost: model.expected(fixed) }), {}).cost!.data[0]!;
}

/**
 * The lowest and the highest that each cost can be under the decisions of a ledger.
 *
 * ledger: with shares (activities, channels, densities). bounds: of shares that cannot go from 0 to 1.
 *
 * Every cost rises with every share (the contract of cost models), so all costs are lowest together where all shares are
 * lowest: limits that can be reached one by one can be reached together.
 *
 * @example
 * const reach = input("reach", []);
 * const ledger = withActivity(exitLedger(traced), (e) => (e.stage === "final" ? reach : undefined));
 * reachableRange(ledger, [], [macsCost]).macs // { lowest: 65, highest: 153 }
 */
export function reachableRange(
  ledger: Ledger,
  bounds: readonly ShareBounds[],
  costs: readonly CostModel[],
): Record<string, CostRange> {
  const known = new Map(bounds.map((b) => [b.share, b]));
  return Object.fromEntries(
    costs.map((model) => {
      if (!isDecided(ledger)) {
        const full = model.full(ledger);
        return [model.name, { lowest: full, highest: full }];
      }
      const lowest = costAt(model, ledger, (v) => known.get(v)?.lowest ?? 0);
      const highest = costAt(model, ledger, (v) => known.get(v)?.highest ?? 1);
      return [model.name, { lowest, highest }];
    }),
  );
}

export interface LimitToReach {
  readonly name: string;
  readonly unit: CostUnit;
  /** In that unit. */
  readonly limit: number;
  /** Default "objective.budget". */
  readonly where?: string;
}

/**
 * Refuses a limit outside of what the decisions can reach.
 *
 * @throws UserError E_CONFIG with the range.
 * @example
 * const limit = { name: "macs", unit: "MACs", limit: 50 } as const;
 * requireReachable(limit, { lowest: 65, highest: 153 }) // throws E_CONFIG
 */
export function requireReachable(
  { name, unit, limit, where = "objective.budget" }: LimitToReach,
  { lowest, highest }: CostRange,
): void {
  if (limit >= lowest && limit < highest) return;
  const range = `${formatQuantity(lowest, unit)} to ${formatQuantity(highest, unit)}`;
  const isLow = limit < lowest;
  const why = isLow
    ? "cannot be reached: the decisions do not go that low"
    : "needs no saving: the whole network costs no more";
  throw new UserError("E_CONFIG", `a limit of ${formatQuantity(limit, unit)} for ${name} ${why}`, {
    where: `${where}.${name}`,
    allowed: `at least the lowest and less than the highest of ${range}`,
    next: isLow
      ? "raise the limit, or give the model more to decide: earlier exits, more channels"
      : "lower the limit, or train without a budget",
  });
}
