/** How decisions scale an entry: shares of its products, its weights, what it reads and what it writes. */

import type { Value } from "../graph/index.js";
import { type Amount, greatestOf, times } from "./amounts.js";
import type { LedgerEntry } from "./entry.js";

/** Factors in [0, 1] that are multiplied. Compared by identity, which is what lets equal ones be summed first. */
export type Shares = readonly Value[];

const present = (...shares: readonly (Value | undefined)[]): Shares =>
  shares.filter((v) => v !== undefined);

/**
 * Whether an entry runs: its activity, if it has one.
 *
 * @example
 * runShares(exitLedger(traced).entries[0]!).length // 0
 */
export const runShares = ({ activity }: LedgerEntry): Shares => present(activity);

/** Only products mix channels: everything else works on each channel alone. */
const mixes = (entry: LedgerEntry): boolean => entry.macs > 0 && entry.channelwise !== true;

const keptChannelShares = (entry: LedgerEntry): Shares =>
  present(mixes(entry) ? entry.channels?.in : undefined, entry.channels?.out);

/** What is kept of the weights, whether the entry runs or not. */
export const keptWeightShares = (entry: LedgerEntry): Shares =>
  entry.channels?.weights ? [entry.channels.weights] : keptChannelShares(entry);

/**
 * How the weights of an entry scale: with activity, and with the share of them that is kept.
 *
 * @example
 * const half = input("share", []);
 * const ledger = withShares(exitLedger(traced), () => ({ channels: { weights: half } }));
 * weightShares(ledger.entries[0]!).length // 1
 */
export const weightShares = (entry: LedgerEntry): Shares => [
  ...runShares(entry),
  ...keptWeightShares(entry),
];

/**
 * How multiply-accumulates of an entry scale: with activity, and with the channel shares of inputs and outputs multiplied;
 * with those of outputs alone where channels do not mix.
 *
 * @example
 * // Half of the channels on both sides leave a quarter of the products.
 * const half = input("share", []);
 * const ledger = withShares(exitLedger(traced), () => ({ channels: { in: half, out: half } }));
 * productShares(ledger.entries.find((e) => e.macs > 0)!).length // 2
 */
export const productShares = (entry: LedgerEntry): Shares => [
  ...runShares(entry),
  ...keptChannelShares(entry),
];

/**
 * How the inputs of an entry scale: with activity and the share of input channels.
 *
 * @example
 * const half = input("share", []);
 * const ledger = withShares(exitLedger(traced), () => ({ activity: half, channels: { in: half } }));
 * inputShares(ledger.entries[0]!).length // 2
 */
export const inputShares = (entry: LedgerEntry): Shares =>
  present(entry.activity, entry.channels?.in);

/**
 * How the outputs of an entry scale: with activity and the share of output channels.
 *
 * @example
 * const half = input("share", []);
 * const ledger = withShares(exitLedger(traced), () => ({ channels: { in: half } }));
 * outputShares(ledger.entries[0]!).length // 0
 */
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
