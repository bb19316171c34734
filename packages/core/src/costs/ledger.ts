/** The work ledger: entries, their totals, parts of it, and the shares that decisions give to entries. */

import { type Bytes, bytes, type Macs, macs } from "../base/index.js";
import type { Value } from "../graph/index.js";
import type { ChannelShares, Densities, LedgerEntry } from "./entry.js";

export interface LedgerTotals {
  readonly macs: Macs;
  readonly otherOps: number;
  readonly parameters: number;
  readonly bytesRead: Bytes;
  readonly bytesWritten: Bytes;
}

/** Totals are at full activity. */
export interface Ledger {
  readonly entries: readonly LedgerEntry[];
  readonly total: LedgerTotals;
}

const nothing: LedgerTotals = {
  macs: macs(0),
  otherOps: 0,
  parameters: 0,
  bytesRead: bytes(0),
  bytesWritten: bytes(0),
};

/**
 * A ledger over given entries.
 *
 * @example
 * ledgerFrom([]).total.macs // 0
 */
export function ledgerFrom(entries: readonly LedgerEntry[]): Ledger {
  const total = entries.reduce(
    (sum, e) => ({
      macs: macs(sum.macs + e.macs),
      otherOps: sum.otherOps + e.otherOps,
      parameters: sum.parameters + e.parameters,
      bytesRead: bytes(sum.bytesRead + e.bytesRead),
      bytesWritten: bytes(sum.bytesWritten + e.bytesWritten),
    }),
    nothing,
  );
  return { entries, total };
}

/**
 * Whether a layer path lies at or below `prefix`; the empty prefix holds everything.
 *
 * @example
 * isUnder("layer1.0.conv1", "layer1") // true
 * isUnder("layer10.conv", "layer1") // false
 */
export const isUnder = (path: string, prefix: string): boolean =>
  prefix === "" || path === prefix || path.startsWith(`${prefix}.`);

/**
 * The part of a ledger at and below a layer path.
 *
 * @example
 * underPath(exitLedger(traced), "hidden0").total.macs // 32
 */
export const underPath = (ledger: Ledger, prefix: string): Ledger =>
  ledgerFrom(ledger.entries.filter((e) => isUnder(e.path, prefix)));

/**
 * The part of a ledger that belongs to a stage.
 *
 * @example
 * ofStage(exitLedger(traced), "hidden0").total.macs // 65
 */
export const ofStage = (ledger: Ledger, stage: string): Ledger =>
  ledgerFrom(ledger.entries.filter((e) => e.stage === stage));

/**
 * Totals per layer, in order of first appearance.
 *
 * depth: how many parts of the path to keep; default all. `depth: 1` groups `layer1.0.conv1` under `layer1`.
 *
 * @example
 * [...totalsByPath(exitLedger(traced), { depth: 1 }).keys()] // ["hidden0", "exits", "hidden1", ...]
 */
export function totalsByPath(
  ledger: Ledger,
  { depth = Number.POSITIVE_INFINITY }: { readonly depth?: number } = {},
): Map<string, LedgerTotals> {
  const groups = new Map<string, LedgerEntry[]>();
  for (const entry of ledger.entries) {
    const parts = entry.path.split(".");
    const key = parts.slice(0, Math.min(depth, parts.length)).join(".");
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return new Map([...groups].map(([key, entries]) => [key, ledgerFrom(entries).total]));
}

/** What a decision says of an entry; what it leaves out stays as it was. */
export interface EntryShares {
  readonly activity?: Value;
  readonly channels?: ChannelShares;
  readonly density?: Densities;
}

/**
 * The same ledger with what decisions say of each entry: whether it runs, how many of its channels, how many elements
 * are not zero.
 *
 * @example
 * // Half of the channels of everything.
 * const half = input("share", []);
 * withShares(exitLedger(traced), () => ({ channels: { out: half } })).entries[0]!.channels?.out === half // true
 */
export const withShares = (
  ledger: Ledger,
  shares: (entry: LedgerEntry) => EntryShares | undefined,
): Ledger => ledgerFrom(ledger.entries.map((entry) => ({ ...entry, ...shares(entry) })));

/**
 * The same ledger with the activity that a decision gives to each entry.
 *
 * @example
 * // Everything runs half of the time.
 * const half = input("share", []);
 * withActivity(exitLedger(traced), () => half).entries[0]!.activity === half // true
 */
export const withActivity = (
  ledger: Ledger,
  activity: (entry: LedgerEntry) => Value | undefined,
): Ledger =>
  withShares(ledger, (entry) => {
    const value = activity(entry);
    return value && { activity: value };
  });
