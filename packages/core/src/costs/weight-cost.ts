/** Costs of weights, each counted once however many entries read it. */

import { type Amount, asCost, sumOf, times } from "./amounts.js";
import type { CostModel, CostUnit } from "./cost-model.js";
import type { LedgerEntry, Weight } from "./entry.js";
import type { Ledger } from "./ledger.js";
import { ShareKeys, type Shares, unionOf, weightShares } from "./shares.js";

export interface WeightUses {
  readonly elements: number;
  /** Of each entry that reads it. */
  readonly uses: readonly Shares[];
}

/** Every weight of a ledger with the shares of all its uses; weights that are used alike are taken together. */
export function weightUses(
  ledger: Ledger,
  sharesOf: (entry: LedgerEntry) => Shares = weightShares,
): readonly WeightUses[] {
  const keys = new ShareKeys();
  const weights = new Map<Weight | LedgerEntry, { elements: number; uses: Map<string, Shares> }>();
  for (const entry of ledger.entries) {
    const shares = sharesOf(entry);
    const key = keys.of(shares);
    // Without identities a weight belongs to the entry that reads it first.
    const read: readonly (readonly [Weight | LedgerEntry, number])[] = entry.memory
      ? entry.memory.parameters.map((w) => [w, w.elements])
      : [[entry, entry.parameters]];
    for (const [weight, elements] of read) {
      const known = weights.get(weight);
      if (known) known.uses.set(key, shares);
      else weights.set(weight, { elements, uses: new Map([[key, shares]]) });
    }
  }
  const alike = new Map<string, { elements: number; readonly uses: readonly Shares[] }>();
  for (const { elements, uses } of weights.values()) {
    const key = [...uses.keys()].sort().join("|");
    const group = alike.get(key);
    if (group) group.elements += elements;
    else alike.set(key, { elements, uses: [...uses.values()] });
  }
  return [...alike.values()];
}

/** Elements in use: of each weight the largest share that any entry needs. */
export const usedElements = (uses: readonly WeightUses[]): Amount =>
  sumOf(uses.map((w) => times(unionOf(w.uses), w.elements)));

export interface WeightCostOptions {
  readonly name: string;
  readonly title: string;
  readonly unit: CostUnit;
  readonly perElement: number;
  /** Shares beside activity and channels. */
  readonly share?: (entry: LedgerEntry) => Shares;
}

export function weightCost(options: WeightCostOptions): CostModel {
  const { perElement, share = () => [], ...identity } = options;
  const sharesOf = (entry: LedgerEntry) => [...weightShares(entry), ...share(entry)];
  return {
    ...identity,
    composition: "subadditive",
    full: (ledger) => perElement * weightUses(ledger).reduce((n, w) => n + w.elements, 0),
    expected: (ledger) => asCost(times(usedElements(weightUses(ledger, sharesOf)), perElement)),
  };
}
