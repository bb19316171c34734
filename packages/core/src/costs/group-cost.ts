/** Costs that count groups of entries, however large: a group counts if any entry of it runs. */

import { type Amount, asCost, sumOf } from "./amounts.js";
import type { CostModel, CostUnit } from "./cost-model.js";
import type { LedgerEntry } from "./entry.js";
import type { Ledger } from "./ledger.js";
import { runShares, type Shares, unionOf } from "./shares.js";

export type GroupOf = (entry: LedgerEntry) => string | undefined;

/** How much of each group runs, groups in order of their first entry. */
export function groupActivities(ledger: Ledger, group: GroupOf): Map<string, Amount> {
  const members = new Map<string, Shares[]>();
  for (const entry of ledger.entries) {
    const name = group(entry);
    if (name === undefined) continue;
    const shares = members.get(name);
    if (shares) shares.push(runShares(entry));
    else members.set(name, [runShares(entry)]);
  }
  return new Map([...members].map(([name, all]) => [name, unionOf(all)]));
}

export interface GroupCostOptions {
  readonly name: string;
  readonly title: string;
  readonly unit: CostUnit;
  readonly group: GroupOf;
}

export function groupCost({ group, ...identity }: GroupCostOptions): CostModel {
  return {
    ...identity,
    composition: "subadditive",
    full: (ledger) => groupActivities(ledger, group).size,
    expected: (ledger) => asCost(sumOf(groupActivities(ledger, group).values())),
  };
}
