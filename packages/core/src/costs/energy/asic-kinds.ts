/** What each kind of layer costs on the zero-skipping accelerator, in the reference's eyes and corrected. */

import type { AsicLeaf, AsicLeafKind } from "./asic-record.js";

/** The sizes that operations follow from; a leaf of a record has them, and an entry of a ledger. */
export interface LeafSizes {
  readonly inputs: number;
  readonly outputs: number;
  readonly macs: number;
  readonly groups: number;
  readonly otherOps: number;
}

export interface AsicKind {
  /** Operations as the reference counts them. */
  readonly reference: (sizes: LeafSizes) => number;
  /** Operations that are needed. */
  readonly corrected: (sizes: LeafSizes) => number;
  /** What the layer before does with it, if nothing else reads that layer's output. */
  readonly fusion?: "folded" | "applied";
  /** Layers whose output an activation can be applied to before it is written. */
  readonly takes: readonly ("folded" | "applied")[];
  /** Moves nothing once layers are compiled. */
  readonly vanishes?: true;
}

const none = () => 0;
const counted = ({ otherOps }: LeafSizes) => otherOps;
const products = ({ macs }: LeafSizes) => macs;

export const asicKinds: Readonly<Record<AsicLeafKind, AsicKind>> = {
  // The reference multiplies by all input channels, whatever the groups.
  conv: {
    reference: ({ macs, groups }) => macs * groups,
    corrected: products,
    takes: ["folded", "applied"],
  },
  linear: { reference: products, corrected: products, takes: ["folded", "applied"] },
  batchNorm: {
    reference: ({ inputs }) => 4 * inputs,
    // A scale and a shift, once the statistics are constants.
    corrected: ({ inputs }) => 2 * inputs,
    fusion: "folded",
    takes: ["applied"],
  },
  norm: { reference: none, corrected: counted, takes: ["applied"] },
  activation: { reference: none, corrected: none, fusion: "applied", takes: [] },
  pool: { reference: counted, corrected: counted, takes: [] },
  globalPool: {
    reference: ({ inputs }) => inputs,
    corrected: ({ inputs }) => inputs,
    takes: [],
  },
  embedding: { reference: none, corrected: none, takes: [] },
  identity: { reference: none, corrected: none, takes: [], vanishes: true },
  product: { reference: none, corrected: products, takes: ["applied"] },
  other: { reference: none, corrected: counted, takes: ["applied"] },
};

export const sizesOf = (leaf: AsicLeaf): LeafSizes => ({
  inputs: leaf.inputs.elements,
  outputs: leaf.outputs.elements,
  macs: leaf.macs,
  groups: leaf.groups,
  otherOps: leaf.otherOps,
});

interface Placed {
  readonly kind: AsicLeafKind;
  readonly sources: readonly number[];
}

/** Without leaves that move nothing: who reads them reads what they read. A leaf without sources reads the one before it. */
export function withoutVanishing<L extends Placed>(leaves: readonly L[]): readonly L[] {
  const kept: L[] = [];
  const position: number[] = [];
  leaves.forEach((leaf, index) => {
    const given = leaf.sources.length > 0 ? leaf.sources : [index - 1];
    const sources = given.map((s) => (s < 0 ? -1 : position[s]!));
    if (asicKinds[leaf.kind].vanishes) {
      position.push(sources[0]!);
      return;
    }
    position.push(kept.length);
    kept.push({ ...leaf, sources });
  });
  return kept;
}

/** A layer with what is computed together with it: its output is that of the last. */
export interface Fused {
  readonly head: number;
  readonly members: readonly number[];
  readonly tail: number;
}

/**
 * Layers that are compiled into one: normalisation folded into the convolution before it, activations applied before
 * the result is written. Only where nobody else reads what lies between.
 */
export function fuseLeaves(leaves: readonly Placed[]): readonly Fused[] {
  const readers = new Map<number, number>();
  for (const { sources } of leaves) {
    for (const s of new Set(sources)) readers.set(s, (readers.get(s) ?? 0) + 1);
  }
  const groupOf = new Map<number, { head: number; members: number[]; tail: number }>();
  const groups: { head: number; members: number[]; tail: number }[] = [];
  leaves.forEach((leaf, index) => {
    const { fusion } = asicKinds[leaf.kind];
    const [source] = leaf.sources;
    const before =
      leaf.sources.length === 1 && source !== undefined ? groupOf.get(source) : undefined;
    const fits =
      fusion !== undefined &&
      before?.tail === source &&
      readers.get(source!) === 1 &&
      asicKinds[leaves[before!.head]!.kind].takes.includes(fusion) &&
      // An activation ends what can be folded.
      (fusion === "applied" || before!.members.every((m) => leaves[m]!.kind !== "activation"));
    const group = fits ? before! : { head: index, members: [], tail: index };
    group.members.push(index);
    group.tail = index;
    groupOf.set(index, group);
    if (!fits) groups.push(group);
  });
  return groups;
}
