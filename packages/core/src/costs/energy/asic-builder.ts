/** The accelerator's record of a network, from its ledger and from assumed or known shares of zeros. */

import { UserError } from "../../base/index.js";
import type { Ledger } from "../ledger.js";
import type { Profile } from "../onnx/index.js";
import { groupsOf, type LeafEntry, leafEntries } from "./asic-leaves.js";
import type { AsicLeaf, AsicLeafKind, AsicRecord, Count } from "./asic-record.js";
import { operandElements } from "./operands.js";

export interface LeafName {
  readonly id: string;
  readonly path: string;
  readonly kind: AsicLeafKind;
}

/** Shares in [0, 1] of elements that are not zero. */
export interface LeafDensity {
  readonly outputs?: number;
  readonly parameters?: number;
}

export interface AsicRecordOptions {
  /**
   * What is known of a leaf. Default: everything is dense, pools are empty where their whole window is (zeros taken to be
   * independent), what hands on its input keeps its density. Inputs follow from the leaves that made them.
   */
  readonly densities?: (leaf: LeafName) => LeafDensity | undefined;
  /** Of the network's input. Default 1. */
  readonly inputDensity?: number;
  /** Samples that the ledger was made for. Default 1. */
  readonly batch?: number;
  /** Leaves that the model calls as functions, beside additions and products. Default none. */
  readonly functional?: (leaf: LeafName) => boolean;
  /** Whether activations overwrite their input, as PyTorch's are usually told to. Default true. */
  readonly inPlace?: boolean;
}

function requireShare(value: number, where: string): number {
  if (value >= 0 && value <= 1) return value;
  throw new UserError("E_CONFIG", `a density of ${value}`, { where, allowed: "0 <= density <= 1" });
}

const part = (elements: number, density: number): Count => ({
  elements,
  nonZero: elements * density,
});

/** Density of the output where nothing is known of it. */
function passedOn({ kind, entry }: LeafEntry, density: number): number {
  if (kind === "identity") return density;
  if (kind !== "pool" && kind !== "globalPool") return 1;
  const { inputs, outputs } = operandElements(entry);
  const window = kind === "pool" ? entry.otherOps / outputs : inputs / outputs;
  return 1 - (1 - density) ** window;
}

/** Paths, made unique: what several leaves share gets the kind, then a number. */
function namesOf(leaves: readonly LeafEntry[]): readonly LeafName[] {
  const uses = new Map<string, number>();
  for (const { entry } of leaves) uses.set(entry.path, (uses.get(entry.path) ?? 0) + 1);
  const taken = new Map<string, number>();
  return leaves.map(({ entry: { path }, kind }) => {
    const base = uses.get(path) === 1 ? path : path === "" ? kind : `${path}/${kind}`;
    const count = (taken.get(base) ?? 0) + 1;
    taken.set(base, count);
    return { id: count === 1 ? base : `${base}#${count}`, path, kind };
  });
}

/** Mean density of what a leaf reads, weighted by elements. */
function inputDensity(
  sources: readonly number[],
  made: readonly AsicLeaf[],
  options: { readonly input: number },
): number {
  const known = sources.map((s) => made[s]?.outputs);
  if (known.length === 0) return made.length === 0 ? options.input : 1;
  if (known.includes(undefined)) {
    if (known.length === 1) return options.input;
    // The size of the network's input is not known here: it weighs as much as the mean of the others.
    const shares = known.map((c) => (c ? c.nonZero / c.elements : options.input));
    return shares.reduce((a, b) => a + b, 0) / shares.length;
  }
  const elements = known.reduce((n, c) => n + c!.elements, 0);
  return elements === 0 ? 1 : known.reduce((n, c) => n + c!.nonZero, 0) / elements;
}

/**
 * The record of a network on the zero-skipping accelerator: a leaf for every convolution, linear layer, normalisation,
 * activation and pool, and for what stands between them. Shares of zeros are assumed; `withTensors` puts in real ones.
 *
 * @param source the profile of a file or of a graph of ours, or the ledger of a graph with its parameters and buffers named.
 * @throws UserError E_CONFIG for densities outside [0, 1], E_DATA for a ledger without layers.
 * @example
 * const x = input("x", [1, 4]);
 * const w = input("w", [4, 3]);
 * const ledger = ledgerOf(buildGraph({ y: relu(matmul(x, w)) }), { parameters: [w] });
 * const record = asicRecordOf(ledger, {
 *   densities: ({ kind }) => (kind === "activation" ? { outputs: 0.5 } : undefined),
 * });
 * record.leaves.map((leaf) => [leaf.kind, leaf.outputs.nonZero]) // [["linear", 3], ["activation", 1.5]]
 */
export function asicRecordOf(
  source: Ledger | Profile,
  options: AsicRecordOptions = {},
): AsicRecord {
  const { batch = 1, inPlace = true, densities, functional, inputDensity: input = 1 } = options;
  requireShare(input, "inputDensity");
  const entries = leafEntries("ledger" in source ? source.ledger : source);
  if (entries.length === 0) {
    throw new UserError("E_DATA", "the ledger has no layers", {
      next: "give the ledger of a forward pass",
    });
  }
  const names = namesOf(entries);
  const notes = new Set<string>();
  const leaves: AsicLeaf[] = [];
  entries.forEach((leaf, index) => {
    const name = names[index]!;
    const { entry, kind } = leaf;
    const { inputs, outputs } = operandElements(entry);
    const given = densities?.(name);
    const before = inputDensity(leaf.sources, leaves, { input });
    const after = requireShare(given?.outputs ?? passedOn(leaf, before), name.id);
    const groups = kind === "conv" ? groupsOf(entry) : 1;
    if (groups === undefined && entry.detail === undefined) {
      notes.add(
        "the ledger does not say how convolutions are grouped: all but channel-wise ones count as ungrouped (give a profile to know)",
      );
    }
    leaves.push({
      ...name,
      inputs: part(inputs, before),
      outputs: part(outputs, after),
      parameters: part(leaf.parameters, requireShare(given?.parameters ?? 1, name.id)),
      biases: leaf.biases,
      buffers: part(leaf.buffers, 1),
      macs: entry.macs,
      groups: groups ?? 1,
      otherOps: entry.otherOps,
      isModule: leaf.isModule && !functional?.(name),
      inPlace: kind === "activation" && inPlace,
      sources: leaf.sources,
    });
  });
  return { batch, leaves, notes: [...notes] };
}
