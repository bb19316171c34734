/** What an exit policy has to be compared with: random exits with the same shares, and an oracle. */

import type { ExitPredictions } from "../adaptive/index.js";
import { mean } from "./intervals.js";

export interface OperatingPoint {
  readonly accuracy: number;
  /** Mean cost per sample. */
  readonly cost: number;
}

/**
 * 1 where the prediction of an exit is right.
 *
 * @example
 * correctAt(predictions, 0).length // 64
 */
export const correctAt = ({ predicted, labels }: ExitPredictions, exit: number): Uint8Array =>
  Uint8Array.from(labels, (label, i) => (predicted[exit]![i] === label ? 1 : 0));

/**
 * 1 where the prediction at the taken exit is right.
 *
 * @example
 * correctTaken(predictions, predictions.labels.map(() => 1)).length // 64
 */
export const correctTaken = (
  { predicted, labels }: ExitPredictions,
  taken: ArrayLike<number>,
): Uint8Array =>
  Uint8Array.from(labels, (label, i) => (predicted[taken[i]!]![i] === label ? 1 : 0));

/**
 * Accuracy of each exit over all samples, as if everyone left there.
 *
 * @example
 * const predictions = {
 *   split: "test" as const,
 *   exits: ["early", "final"],
 *   labels: Int32Array.of(0, 1, 2),
 *   predicted: [Int32Array.of(0, 0, 0), Int32Array.of(0, 1, 0)],
 *   confidence: [],
 *   nll: [],
 *   scores: {},
 * };
 * accuracyPerExit(predictions) // [0.333, 0.667]
 */
export const accuracyPerExit = (predictions: ExitPredictions): number[] =>
  predictions.exits.map((_, k) => mean(correctAt(predictions, k)));

/**
 * Leaving at random with the same shares pi: accuracy sum_k pi_k acc_k, its exact expectation.
 * A policy that is no better than this is cheaper, but does not adapt.
 *
 * @example
 * randomExit([0.5, 0.5], { accuracies: [0.8, 0.9], costs: [1, 3] }) // { accuracy: 0.85, cost: 2 }
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

/**
 * The first exit that is right; the first exit where none is, since then depth is wasted.
 *
 * @example
 * const predictions = {
 *   split: "test" as const,
 *   exits: ["early", "final"],
 *   labels: Int32Array.of(0, 1, 2),
 *   predicted: [Int32Array.of(0, 0, 0), Int32Array.of(0, 1, 0)],
 *   confidence: [],
 *   nll: [],
 *   scores: {},
 * };
 * oracleExits(predictions) // Int32Array [0, 1, 0]
 */
export function oracleExits({ predicted, labels }: ExitPredictions): Int32Array {
  return Int32Array.from(labels, (label, i) =>
    Math.max(
      0,
      predicted.findIndex((p) => p[i] === label),
    ),
  );
}

/**
 * The bound that no policy over these exits can pass.
 *
 * @example
 * const predictions = {
 *   split: "test" as const,
 *   exits: ["early", "final"],
 *   labels: Int32Array.of(0, 1, 2),
 *   predicted: [Int32Array.of(0, 0, 0), Int32Array.of(0, 1, 0)],
 *   confidence: [],
 *   nll: [],
 *   scores: {},
 * };
 * oracleExit(predictions, [1, 4]) // { accuracy: 0.667, cost: 2 }
 */
export function oracleExit(predictions: ExitPredictions, costs: readonly number[]): OperatingPoint {
  const taken = oracleExits(predictions);
  return {
    accuracy: mean(correctTaken(predictions, taken)),
    cost: mean(Float64Array.from(taken, (k) => costs[k]!)),
  };
}
