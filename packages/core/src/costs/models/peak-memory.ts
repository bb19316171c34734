/**
 * Peak memory: the most bytes of activations alive at the same time when entries run in the order of the ledger, each
 * value released after its last reader; weights and graph inputs apart.
 *
 * Expected: with p_g the peak while entries of activity a_g run, groups in ascending order of p_g, and nested decisions
 * as along a chain of exits (P(a run passes level p_g) is the largest activity among the groups from g on),
 *
 *   E[peak] = sum_g (p_g - p_(g-1)) * max over h >= g of a_h
 *
 * The maximum is exact, not softened: its gradient goes to the group, and in it to the entry, where the peak is. Shares
 * of channels scale a value by the `out` share of what writes it; where they change the order of the p_g, the sum over
 * running maxima of p_g is an upper bound. A value that a skipped part would have made counts as if it had been made.
 */

import { type Amount, asCost, greatestOf, minus, plus, sumOf, times } from "../amounts.js";
import type { CostModel } from "../cost-model.js";
import type { LedgerEntry } from "../entry.js";
import type { Ledger } from "../ledger.js";
import { lifetimesOf } from "../lifetimes.js";

/** Bytes alive while an entry runs. */
interface Moment {
  readonly entry: LedgerEntry;
  readonly full: number;
  readonly expected: () => Amount;
}

function momentsOf(ledger: Ledger): readonly Moment[] {
  const { entries } = ledger;
  const lives = lifetimesOf(ledger);
  const starts = entries.map((): number[] => []);
  const ends = entries.map((): number[] => []);
  lives.forEach(({ from, to }, i) => {
    starts[Math.max(0, from)]?.push(i);
    ends[to]?.push(i);
  });
  const alive = new Set<number>();
  return entries.map((entry, i) => {
    for (const life of starts[i]!) alive.add(life);
    const here = [...alive].map((life) => lives[life]!);
    for (const life of ends[i]!) alive.delete(life);
    return {
      entry,
      full: here.reduce((n, { memory }) => n + memory.bytes, 0),
      expected: () =>
        sumOf(here.map(({ memory, maker }) => times(memory.bytes, maker?.channels?.out ?? 1))),
    };
  });
}

/** Moments of one activity, with their peak. */
function groupsOf(moments: readonly Moment[]): { activity: Amount; peak: Amount }[] {
  const groups = new Map<Amount, Moment[]>();
  for (const moment of moments) {
    const activity = moment.entry.activity ?? 1;
    const group = groups.get(activity);
    if (group) group.push(moment);
    else groups.set(activity, [moment]);
  }
  const fullPeak = (list: readonly Moment[]) => list.reduce((n, m) => Math.max(n, m.full), 0);
  return [...groups]
    .sort(([, a], [, b]) => fullPeak(a) - fullPeak(b))
    .map(([activity, list]) => ({ activity, peak: greatestOf(list.map((m) => m.expected())) }));
}

export const peakMemoryCost: CostModel = {
  name: "peakMemory",
  title: "peak of live activations",
  unit: "bytes",
  composition: "subadditive",
  full: (ledger) => momentsOf(ledger).reduce((most, m) => Math.max(most, m.full), 0),
  expected(ledger) {
    const groups = groupsOf(momentsOf(ledger));
    let expected: Amount = 0;
    let below: Amount = 0;
    groups.forEach(({ peak }, g) => {
      const level = greatestOf([below, peak]);
      const reached = greatestOf(groups.slice(g).map((h) => h.activity));
      expected = plus(expected, times(minus(level, below), reached));
      below = level;
    });
    return asCost(expected);
  },
};
