/** How much each layer's density counts in the penalty. Weights add up to 1. */

import { MEMORY_PICOJOULES, OPERATION_PICOJOULES } from "../../costs/index.js";
import { buildGraph, type Node, type Value } from "../../graph/index.js";
import { elementCount } from "../../tensor/index.js";
import { type Leaf, readersOf } from "./leaves.js";

export type WeightingName = "mean" | "elements" | "energy";

/** Parts of the whole for each leaf of the network that ends in `output`. */
export type Weighting = (leaves: readonly Leaf[], output: Value) => readonly number[];

const normalised = (parts: readonly number[]): readonly number[] => {
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map((p) => p / sum);
};

const elementsOf = ({ value }: Leaf): number => elementCount(value.shape);

/** Nodes that really read a value: through those that only pass it on under another shape. */
function realReaders(value: Value, readers: ReadonlyMap<Value, readonly Node[]>): readonly Node[] {
  return (readers.get(value) ?? []).flatMap((node) => {
    const isSame = node.op.work(node).isView && node.inputs[0] === value;
    return isSame ? realReaders(node.outputs[0]!, readers) : [node];
  });
}

/**
 * Picojoules that the zero-skipping accelerator saves if a tensor is all zeros: its writing, its reading by each layer or
 * operation that takes it, and the products of the layers that take it.
 */
function energies(leaves: readonly Leaf[], output: Value): readonly number[] {
  const readers = readersOf(buildGraph({ output }).nodes);
  return leaves.map((leaf) => {
    const taking = realReaders(leaf.value, readers);
    const products = taking
      .filter((node) => node.op.layer?.(node) === "conv" || node.op.layer?.(node) === "linear")
      .reduce((n, node) => n + node.op.work(node).macs, 0);
    const moves = elementsOf(leaf) * (1 + taking.length);
    return MEMORY_PICOJOULES * moves + OPERATION_PICOJOULES * products;
  });
}

export const weightings: Readonly<Record<WeightingName, Weighting>> = {
  mean: (leaves) => leaves.map(() => 1 / leaves.length),
  elements: (leaves) => normalised(leaves.map(elementsOf)),
  energy: (leaves, output) => normalised(energies(leaves, output)),
};
export const weightingNames = Object.keys(weightings) as readonly WeightingName[];
