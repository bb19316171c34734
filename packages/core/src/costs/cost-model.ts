/** The cost model seam: a cost is a function of the work ledger, differentiable in what decisions say of its entries. */

import type { Value } from "../graph/index.js";
import { asCost, sumOf, times } from "./amounts.js";
import type { LedgerEntry } from "./entry.js";
import { type Ledger, ledgerFrom } from "./ledger.js";
import { productOf, ShareKeys, type Shares } from "./shares.js";

/** What a cost is counted in; shown beside every number. */
export type CostUnit =
  | "MACs"
  | "FLOPs"
  | "operations"
  | "parameters"
  | "elements"
  | "bytes"
  | "layers"
  | "stages"
  | "experts"
  | "kernels"
  | "ms"
  | "J";

/**
 * How costs of parts that share no entry make up the cost of the whole: their sum; at most their sum, where parts share
 * weights or memory or the largest counts; or nothing in general.
 */
export type Composition = "additive" | "subadditive" | "none";

/**
 * One way of pricing a ledger.
 *
 * Both methods see the same ledger, so `expected` with every share at 1 must equal `full`: the contract suite checks
 * it, along with the gradient and with monotony in every activity.
 */
export interface CostModel {
  readonly name: string;
  /** For axes and tables. */
  readonly title: string;
  readonly unit: CostUnit;
  readonly composition: Composition;
  /** Cost of one sample if everything in the ledger runs. */
  full(ledger: Ledger): number;
  /**
   * Cost under the ledger's activities, channel shares and densities: a scalar, or [N] where any of them is per sample.
   * Differentiable in each.
   */
  expected(ledger: Ledger): Value;
}

/**
 * Entries that share one activity: they run together or not at all.
 *
 * @example
 * const x = input("x", [1, 784]);
 * const ledger = ledgerOf(buildGraph({ y: matmul(x, input("w", [784, 10])) }));
 * groupByActivity(ledger).length // 1
 */
export function groupByActivity(
  ledger: Ledger,
): { readonly activity: Value | undefined; readonly part: Ledger }[] {
  const groups = new Map<Value | undefined, LedgerEntry[]>();
  for (const entry of ledger.entries) {
    const group = groups.get(entry.activity);
    if (group) group.push(entry);
    else groups.set(entry.activity, [entry]);
  }
  return [...groups].map(([activity, entries]) => ({ activity, part: ledgerFrom(entries) }));
}

/** `amount` at full activity, scaled by the product of the shares. */
export interface CostTerm {
  readonly amount: number;
  readonly shares: Shares;
}

export interface AdditiveCostOptions {
  readonly name: string;
  readonly title: string;
  readonly unit: CostUnit;
  /** What one entry costs. */
  readonly terms: (entry: LedgerEntry) => readonly CostTerm[];
}

/**
 * A cost that adds up over entries, each scaled by shares: sum over terms of amount * product of shares.
 * This covers MACs, operations and bytes; costs with maxima or look-ups write `expected` themselves.
 *
 * Terms with equal shares are summed before anything is written to the graph, so a network with three exits costs three
 * multiplications a step.
 *
 * @example
 * const other = additiveCost({
 *   name: "reads",
 *   title: "bytes read",
 *   unit: "bytes",
 *   terms: (entry) => [{ amount: entry.bytesRead, shares: runShares(entry) }],
 * });
 * other.full(exitLedger(traced)) === exitLedger(traced).total.bytesRead // true
 */
export function additiveCost(options: AdditiveCostOptions): CostModel {
  const { terms, ...identity } = options;
  return {
    ...identity,
    composition: "additive",
    full: ({ entries }) =>
      entries.reduce((sum, e) => terms(e).reduce((n, { amount }) => n + amount, sum), 0),
    expected({ entries }) {
      const keys = new ShareKeys();
      const sums = new Map<string, { amount: number; readonly shares: Shares }>();
      for (const { amount, shares } of entries.flatMap(terms)) {
        const key = keys.of(shares);
        const sum = sums.get(key);
        if (sum) sum.amount += amount;
        else sums.set(key, { amount, shares });
      }
      return asCost(sumOf([...sums.values()].map((s) => times(productOf(s.shares), s.amount))));
    },
  };
}
