/** What an exit policy has to be compared with: random exits with the same shares, and an oracle. */

import type { ExitPredictions } from "../adaptive/index.js";
import { mean } from "./intervals.js";

export interface OperatingPoint {
  readonly accuracy: number;
  /** Mean cost per sample. */
  readonly cost: number;
}

export const correctAt = ({ predicted, labels }: ExitPredictions, exit: number): Uint8Array =>
  Uint8Array.from(labels, (label, i) => (predicted[exit]![i] === label ? 1 : 0));

/** 1 where the prediction at the taken exit is right. */
export const correctTaken = (
  { predicted, labels }: ExitPredictions,
  taken: ArrayLike<number>,
): Uint8Array =>
  Uint8Array.from(labels, (label, i) => (predicted[taken[i]!]![i] === label ? 1 : 0));

export const accuracyPerExit = (predictions: ExitPredictions): number[] =>
  predictions.exits.map((_, k) => mean(correctAt(predictions, k)));

/**
 * Leaving at random with the same shares pi: accuracy sum_k pi_k acc_k, its exact expectation.
 * A policy that is no better than this is cheaper, but does not adapt.
 */
export const randomExit = (
  shares: readonly number[],
  {
    accuracies,
    costs,
  }: { readonly accuracies: readonly number[]; readonly costs: readonly number[] },
): OperatingPoint => ({
  accuracy: shares.reduce((sum, p, k) => sum + p * accuracies[k]!, 0),
  cost: shares.reduce((sum, p, k) => sum + p * costs[k]!, 0),
});

/** The first exit that is right; the first exit where none is, since then depth is wasted. */
export function oracleExits({ predicted, labels }: ExitPredictions): Int32Array {
  return Int32Array.from(labels, (label, i) =>
    Math.max(
      0,
      predicted.findIndex((p) => p[i] === label),
    ),
  );
}

/** The bound that no policy over these exits can pass. */
export function oracleExit(predictions: ExitPredictions, costs: readonly number[]): OperatingPoint {
  const taken = oracleExits(predictions);
  return {
    accuracy: mean(correctTaken(predictions, taken)),
    cost: mean(Float64Array.from(taken, (k) => costs[k]!)),
  };
}
