/** How decisions scale an entry: shares of its products, its weights, what it reads and what it writes. */

import type { Value } from "../graph/index.js";
import { type Amount, greatestOf, times } from "./amounts.js";
import type { LedgerEntry } from "./entry.js";

/** Factors in [0, 1] that are multiplied. Compared by identity, which is what lets equal ones be summed first. */
export type Shares = readonly Value[];

const present = (...shares: readonly (Value | undefined)[]): Shares =>
  shares.filter((v) => v !== undefined);

/** Whether it runs. */
export const runShares = ({ activity }: LedgerEntry): Shares => present(activity);

/** Only products mix channels: everything else works on each channel alone. */
const mixes = (entry: LedgerEntry): boolean => entry.macs > 0 && entry.channelwise !== true;

/** Channels of the weights that are kept, whether the entry runs or not. */
export const keptWeightShares = (entry: LedgerEntry): Shares =>
  present(mixes(entry) ? entry.channels?.in : undefined, entry.channels?.out);

/** Of multiply-accumulates and weights: inputs times outputs, once where channels do not mix. */
export const productShares = (entry: LedgerEntry): Shares => [
  ...runShares(entry),
  ...keptWeightShares(entry),
];

export const inputShares = (entry: LedgerEntry): Shares =>
  present(entry.activity, entry.channels?.in);

export const outputShares = (entry: LedgerEntry): Shares =>
  present(entry.activity, entry.channels?.out);

/** Names products of shares, so that equal ones are found. */
export class ShareKeys {
  private readonly numbers = new Map<Value, number>();

  of(shares: Shares): string {
    return shares
      .map((v) => {
        const known = this.numbers.get(v);
        if (known !== undefined) return known;
        this.numbers.set(v, this.numbers.size);
        return this.numbers.size - 1;
      })
      .sort((a, b) => a - b)
      .join(",");
  }
}

export const productOf = (shares: Shares): Amount => shares.reduce<Amount>(times, 1);

/**
 * How much of a thing is needed by anyone, where several need shares of it. Decisions are taken to be nested, as along
 * a chain of exits: who goes further has gone through what lies before. Then the largest share is what is needed;
 * where decisions are independent it is a lower bound.
 */
export const unionOf = (all: readonly Shares[]): Amount => greatestOf(all.map(productOf));
