/**
 * Training memory: weights, their gradients, the optimiser's state, and what the backward pass reads of the forward
 * pass. Workspace of kernels and gradients in flight are not in it. What is kept follows from the graph: one that is traced
 * for inference has no batch statistics to keep.
 */

import { asCost, sumOf, times } from "../amounts.js";
import type { CostModel } from "../cost-model.js";
import type { LedgerEntry, Memory } from "../entry.js";
import type { Ledger } from "../ledger.js";
import { makersOf } from "../lifetimes.js";
import { keptWeightShares, runShares, ShareKeys, type Shares, unionOf } from "../shares.js";
import { usedElements, weightUses } from "../weight-cost.js";

export interface TrainingMemoryOptions {
  readonly name: string;
  readonly title?: string;
  /** Numbers that the optimiser keeps for each parameter: 0 for SGD, 1 with momentum, 2 for Adam. */
  readonly slots: number;
  /** Bytes of a parameter, a gradient and a number of the optimiser. Default 4. */
  readonly bytesPerElement?: number;
}

/** What backward needs of an entry; where nothing is known, all that it writes. */
const keptBy = (entry: LedgerEntry): readonly Memory[] =>
  entry.training?.kept ??
  entry.memory?.writes.filter((m) => m.kind !== "stored") ?? [
    { bytes: entry.bytesWritten, kind: "activation" },
  ];

/** Each kept piece of memory with the activities of all that keep it. */
function keepersOf({ entries }: Ledger): Map<Memory, Map<string, Shares>> {
  const keys = new ShareKeys();
  const keepers = new Map<Memory, Map<string, Shares>>();
  for (const entry of entries) {
    if (entry.phase !== "forward") continue;
    const shares = runShares(entry);
    for (const m of keptBy(entry)) {
      const known = keepers.get(m);
      if (known) known.set(keys.of(shares), shares);
      else keepers.set(m, new Map([[keys.of(shares), shares]]));
    }
  }
  return keepers;
}

/**
 * Bytes that training one sample holds: parameters * bytes * (2 + slots), and the activations kept for the backward pass.
 *
 * Weights and their state are held whether or not a sample uses them, so only channels scale them; activations scale
 * with activity and with the channels of what writes them.
 *
 * @example
 * const sgd = trainingMemoryCost({ name: "trainingMemorySgd", slots: 0 });
 * const adam = trainingMemoryCost({ name: "trainingMemoryAdam", slots: 2 });
 * const ledger = exitLedger(traced);
 * adam.full(ledger) - sgd.full(ledger) === 2 * 4 * ledger.total.parameters // true
 */
export function trainingMemoryCost(options: TrainingMemoryOptions): CostModel {
  const { name, title, slots, bytesPerElement = 4 } = options;
  const perParameter = bytesPerElement * (2 + slots);
  return {
    name,
    title: title ?? `bytes of training with ${slots} numbers of state a parameter`,
    unit: "bytes",
    composition: "subadditive",
    full(ledger) {
      const elements = weightUses(ledger).reduce((n, w) => n + w.elements, 0);
      const kept = [...keepersOf(ledger).keys()].reduce((n, m) => n + m.bytes, 0);
      return perParameter * elements + kept;
    },
    expected(ledger) {
      const makers = makersOf(ledger);
      const kept = [...keepersOf(ledger)].map(([m, uses]) =>
        times(times(unionOf([...uses.values()]), m.bytes), makers.get(m)?.channels?.out ?? 1),
      );
      const elements = usedElements(weightUses(ledger, keptWeightShares));
      return asCost(sumOf([times(elements, perParameter), ...kept]));
    },
  };
}

export const trainingMemoryAdamCost = trainingMemoryCost({
  name: "trainingMemory",
  title: "bytes of training with Adam",
  slots: 2,
});
