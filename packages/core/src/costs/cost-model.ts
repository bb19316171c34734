/** The cost model seam: a cost is a function of the work ledger, differentiable in the ledger's activities. */

import { scalarConstant, type Value } from "../graph/index.js";
import { add, mul } from "../ops/index.js";
import type { LedgerEntry } from "./entry.js";
import { type Ledger, ledgerFrom } from "./ledger.js";

/** What a cost is counted in; shown beside every number. */
export type CostUnit = "MACs" | "stages" | "bytes" | "parameters" | "ms" | "J";

/**
 * One way of pricing a ledger.
 *
 * Both methods see the same ledger, so `expected` with every activity at 1 must equal `full`: the contract suite checks
 * it, along with monotony in every activity.
 */
export interface CostModel {
  readonly name: string;
  /** For axes and tables. */
  readonly title: string;
  readonly unit: CostUnit;
  /** Cost of one sample if everything in the ledger runs. */
  full(ledger: Ledger): number;
  /** Cost under the ledger's activities: a scalar, or [N] where activities are per sample. Differentiable. */
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

/**
 * A cost that adds up over parts that run independently: sum over groups of activity * price(part).
 * This covers MACs, parameters and bytes; costs with maxima or look-ups write `expected` themselves.
 *
 * @example
 * const other = additiveCost({
 *   name: "memory",
 *   title: "Bytes read",
 *   unit: "bytes",
 *   price: ({ total }) => total.bytesRead,
 * });
 * other.name // "memory"
 */
export function additiveCost(options: {
  readonly name: string;
  readonly title: string;
  readonly unit: CostUnit;
  readonly price: (part: Ledger) => number;
}): CostModel {
  const { price, ...identity } = options;
  return {
    ...identity,
    full: price,
    expected(ledger) {
      let constant = 0;
      let sum: Value | undefined;
      for (const { activity, part } of groupByActivity(ledger)) {
        const cost = price(part);
        if (!activity) constant += cost;
        else if (cost !== 0) {
          const term = mul(activity, cost);
          sum = sum ? add(sum, term) : term;
        }
      }
      if (!sum) return scalarConstant(constant);
      return constant === 0 ? sum : add(sum, constant);
    },
  };
}
