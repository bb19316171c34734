/** When pieces of memory are alive: from the entry that writes them to the last one that reads them. */

import type { LedgerEntry, Memory } from "./entry.js";
import type { Ledger } from "./ledger.js";

export interface Lifetime {
  readonly memory: Memory;
  /** What writes it first: its channels are those of the memory. */
  readonly maker: LedgerEntry | undefined;
  /** Entry that writes it; -1 for what the ledger finds there, being a part of a network. */
  readonly from: number;
  /** Last entry that needs it. */
  readonly to: number;
}

/** Lives of all activations of a ledger; weights and graph inputs are not among them. */
export function lifetimesOf({ entries }: Ledger): readonly Lifetime[] {
  const from = new Map<Memory, number>();
  const to = new Map<Memory, number>();
  entries.forEach(({ memory, bytesWritten }, i) => {
    // Without identities: written here, read by the next one.
    const own: Memory = { bytes: bytesWritten, kind: "activation" };
    const { reads, writes } = memory ?? { reads: [], writes: [own] };
    for (const m of reads) {
      if (m.kind !== "activation") continue;
      if (!from.has(m)) from.set(m, -1);
      if (!m.isOutput) to.set(m, i);
    }
    for (const m of writes) {
      if (m.kind !== "activation" || from.has(m)) continue;
      from.set(m, i);
      to.set(m, m.isOutput ? entries.length : memory ? i : i + 1);
    }
  });
  return [...from].map(([memory, start]) => ({
    memory,
    maker: entries[start],
    from: start,
    to: to.get(memory) ?? entries.length,
  }));
}

/** The entry that writes a piece of memory first. */
export function makersOf({ entries }: Ledger): ReadonlyMap<Memory, LedgerEntry> {
  const makers = new Map<Memory, LedgerEntry>();
  for (const entry of entries) {
    for (const m of entry.memory?.writes ?? []) if (!makers.has(m)) makers.set(m, entry);
  }
  return makers;
}
