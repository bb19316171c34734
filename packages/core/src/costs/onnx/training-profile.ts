/** What one training step of a model takes: work, and memory by optimiser. */

import { type Bytes, bytes, type Flops, flopsOf, type Macs, macs } from "../../base/index.js";
import type { Analysis, Step } from "./analyse.js";
import { type StepBackward, trainingCounts } from "./backward.js";

/** Numbers that an optimiser keeps for each parameter, beside the gradient. */
const optimizerSlots = { sgd: 0, momentum: 1, adam: 2 } as const;

export type StateOf = keyof typeof optimizerSlots;

/** One training step of one batch, if every parameter is trained. */
export interface TrainingProfile {
  /** Forward and backward: 3 * forward, less once the MACs of layers whose input needs no gradient. */
  readonly macs: Macs;
  /** 2 * macs. */
  readonly flops: Flops;
  /** Activations and inputs that the backward pass reads, as PyTorch keeps them; parameters are not among them. */
  readonly keptBytes: Bytes;
  /** One gradient for each parameter. */
  readonly gradientBytes: Bytes;
  readonly optimizerBytes: Readonly<Record<StateOf, Bytes>>;
  /** Parameters, gradients, state and what is kept; workspace of kernels apart. */
  readonly totalBytes: Readonly<Record<StateOf, Bytes>>;
}

/** Gradients and state have the size of the parameters. */
export function trainingOf(
  analysis: Analysis,
  backward: ReadonlyMap<Step, StepBackward>,
  parameterBytes: number,
): TrainingProfile {
  const counts = trainingCounts(analysis, backward);
  const forEach = (bytesOf: (slots: number) => number) => ({
    sgd: bytes(bytesOf(optimizerSlots.sgd)),
    momentum: bytes(bytesOf(optimizerSlots.momentum)),
    adam: bytes(bytesOf(optimizerSlots.adam)),
  });
  return {
    macs: macs(counts.macs),
    flops: flopsOf(macs(counts.macs)),
    keptBytes: bytes(counts.keptBytes),
    gradientBytes: bytes(parameterBytes),
    optimizerBytes: forEach((slots) => slots * parameterBytes),
    totalBytes: forEach((slots) => (2 + slots) * parameterBytes + counts.keptBytes),
  };
}
