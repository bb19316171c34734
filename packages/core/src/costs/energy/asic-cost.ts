/** The zero-skipping accelerator as a cost: Joules, differentiable in activities, channels and densities. */

import { type Amount, asCost, sumOf, times } from "../amounts.js";
import type { CostModel } from "../cost-model.js";
import type { LedgerEntry } from "../entry.js";
import type { Ledger } from "../ledger.js";
import {
  inputShares,
  outputShares,
  productOf,
  productShares,
  type Shares,
  weightShares,
} from "../shares.js";
import { MEMORY_PICOJOULES, OPERATION_PICOJOULES } from "./asic-energy.js";
import { asicKinds, fuseLeaves, type LeafSizes, withoutVanishing } from "./asic-kinds.js";
import { groupsOf, type LeafEntry, leafEntries } from "./asic-leaves.js";
import { operandElements } from "./operands.js";
import { JOULES_PER_PICOJOULE } from "./tables.js";

const MEMORY = MEMORY_PICOJOULES * JOULES_PER_PICOJOULE;
const OPERATION = OPERATION_PICOJOULES * JOULES_PER_PICOJOULE;

const some = (...shares: readonly (Shares[number] | undefined)[]): Shares =>
  shares.filter((s) => s !== undefined);

/** Shares left of each thing, zeros taken off. */
const leftOf = (entry: LedgerEntry) => {
  const { density } = entry;
  return {
    inputs: [...inputShares(entry), ...some(density?.in)],
    weights: [...weightShares(entry), ...some(density?.weights)],
    outputs: [...outputShares(entry), ...some(density?.out)],
    products: [...productShares(entry), ...some(density?.in, density?.weights)],
  };
};

const sizesOf = ({ entry, kind }: LeafEntry): LeafSizes => {
  const { inputs, outputs } = operandElements(entry);
  const groups = kind === "conv" ? (groupsOf(entry) ?? 1) : 1;
  return { inputs, outputs, macs: entry.macs, groups, otherOps: entry.otherOps };
};

/** `amount` of something, of which `shares` are left. */
interface Part {
  readonly amount: number;
  readonly shares: Shares;
}

const everything = (parts: readonly Part[]): number => parts.reduce((n, p) => n + p.amount, 0);

const left = (parts: readonly Part[]): Amount =>
  sumOf(parts.map((p) => times(productOf(p.shares), p.amount)));

/** Joules of each fused layer: what is moved, and what is computed. */
function correctedParts(ledger: Ledger): readonly Part[] {
  const leaves = withoutVanishing(leafEntries(ledger));
  return fuseLeaves(leaves).flatMap(({ head, members, tail }): Part[] => {
    const first = leaves[head]!;
    const { inputs, outputs, macs, ...rest } = sizesOf(first);
    const shares = leftOf(first.entry);
    const last = leftOf(leaves[tail]!.entry);
    const stored =
      first.kind === "embedding"
        ? { amount: outputs * MEMORY, shares: shares.outputs }
        : { amount: (first.parameters + first.buffers) * MEMORY, shares: shares.weights };
    const folded = members
      .map((m) => leaves[m]!)
      .find((m) => m !== first && asicKinds[m.kind].fusion === "folded");
    const shifts = folded && first.biases === 0 ? folded.parameters / 2 : 0;
    const operations = asicKinds[first.kind].corrected({ inputs, outputs, macs, ...rest });
    return [
      stored,
      { amount: shifts * MEMORY, shares: folded ? leftOf(folded.entry).weights : [] },
      { amount: inputs * MEMORY, shares: shares.inputs },
      {
        amount: operandElements(leaves[tail]!.entry).outputs * MEMORY,
        shares: last.outputs,
      },
      {
        amount: operations * OPERATION,
        shares: macs > 0 ? shares.products : outputShares(first.entry),
      },
    ];
  });
}

/** Elements of parameters, inputs and outputs, and operations, as hooks on modules see them; ReLU in place. */
function referenceSums(ledger: Ledger) {
  const modules = leafEntries(ledger).filter((leaf) => leaf.isModule);
  const parameters: Part[] = [];
  const inputs: Part[] = [];
  const outputs: Part[] = [];
  let operations = 0;
  for (const leaf of modules) {
    const sizes = sizesOf(leaf);
    const shares = leftOf(leaf.entry);
    const statistics = leaf.kind === "batchNorm" ? 2 * leaf.buffers + 1 : 0;
    parameters.push(
      leaf.kind === "embedding"
        ? { amount: sizes.outputs, shares: shares.outputs }
        : { amount: leaf.parameters + statistics, shares: shares.weights },
    );
    const overwritten = leaf.kind === "activation";
    inputs.push({ amount: sizes.inputs, shares: overwritten ? shares.outputs : shares.inputs });
    outputs.push({ amount: sizes.outputs, shares: shares.outputs });
    operations += asicKinds[leaf.kind].reference(sizes);
  }
  return { parameters, inputs, outputs, operations };
}

/**
 * Corrected mode: convolution, normalisation and activation fused, zeros skipped layer by layer, additions counted. For
 * costs per sample, trace with batch size 1. Fusion depends on what stands beside a layer: the cost of a whole is not
 * the sum of the costs of its parts.
 */
export const asicCost: CostModel = {
  name: "asic",
  title: "zero-skipping accelerator, corrected",
  unit: "J",
  composition: "none",
  full: (ledger) => everything(correctedParts(ledger)),
  expected: (ledger) => asCost(left(correctedParts(ledger))),
};

/**
 * Reference mode, M (P+ + I+ + O+) + A C (P+ / P) (I+ / I), ReLU in place. What does not run is taken for zeros, as a
 * machine that skips zeros would see it: two global shares multiply, so the cost of a whole is not that of its parts.
 */
export const asicReferenceCost: CostModel = {
  name: "asicReference",
  title: "zero-skipping accelerator, as published",
  unit: "J",
  composition: "none",
  full: (ledger) => {
    const { parameters, inputs, outputs, operations } = referenceSums(ledger);
    const moved = everything(parameters) + everything(inputs) + everything(outputs);
    return MEMORY * moved + OPERATION * operations;
  },
  expected: (ledger) => {
    const { parameters, inputs, outputs, operations } = referenceSums(ledger);
    const weights = left(parameters);
    const read = left(inputs);
    const moved = times(sumOf([weights, read, left(outputs)]), MEMORY);
    // Where there are no parameters, none can be skipped.
    const inverse = 1 / ((everything(parameters) || 1) * (everything(inputs) || 1));
    const products = times(everything(parameters) === 0 ? 1 : weights, read);
    return asCost(sumOf([moved, times(products, OPERATION * operations * inverse)]));
  },
};
