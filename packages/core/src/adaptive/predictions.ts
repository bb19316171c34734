/** What every exit said about every sample: the plain arrays that fitting, replay and evaluation work on. */

import { at, UserError } from "../base/index.js";
import type { HostTensor } from "../tensor/index.js";
import { type PolicyName, policies, policyNames } from "./policies/index.js";
import { summariseRow } from "./rows.js";

/** Thresholds are fitted on `validation` (or `train`); what is fitted never sees `test`. */
export type Split = "train" | "validation" | "test";

/** Outer arrays are by exit, the last exit is the full network; inner arrays by sample. */
export interface ExitPredictions<S extends Split = Split> {
  readonly split: S;
  /** Exit names, from the input to the output. */
  readonly exits: readonly string[];
  readonly labels: Int32Array;
  readonly predicted: readonly Int32Array[];
  /** Probability of the predicted class. */
  readonly confidence: readonly Float64Array[];
  /** -ln of the probability of the label. */
  readonly nll: readonly Float64Array[];
  /** What each policy compares with its threshold, for every exit but the last. A policy whose input is missing is absent. */
  readonly scores: Readonly<Partial<Record<PolicyName, readonly Float64Array[]>>>;
}

/** Outputs of an evaluation graph for one batch. */
export interface ExitOutputs {
  /** [N, classes] for each exit. */
  readonly logits: readonly HostTensor[];
  /** [N] for each exit but the last; absent where the network has no gates. */
  readonly hazards?: readonly HostTensor[];
}

/**
 * Predictions of one batch from the outputs of the evaluation graph.
 *
 * @throws UserError E_DATA if labels and logits disagree in number, or a label is out of range.
 * @example
 * const logits = tensor("float32", [1, 3], [0, 2, 1]);
 * const labels = Int32Array.of(1);
 * exitPredictions({ logits: [logits] }, { split: "test", exits: ["final"], labels }).predicted
 * // [Int32Array [1]]
 */
export function exitPredictions<S extends Split>(
  outputs: ExitOutputs,
  { split, exits, labels }: Pick<ExitPredictions<S>, "split" | "exits" | "labels">,
): ExitPredictions<S> {
  const predicted: Int32Array[] = [];
  const confidence: Float64Array[] = [];
  const nll: Float64Array[] = [];
  for (const logits of outputs.logits) {
    const [n = 0, classes = 0] = logits.shape;
    if (n !== labels.length) {
      throw new UserError("E_DATA", `${labels.length} labels for ${n} predictions`);
    }
    const data = logits.data as ArrayLike<number>;
    const rows = Array.from({ length: n }, (_, i) => summariseRow(data, i * classes, classes));
    predicted.push(Int32Array.from(rows, (r) => r.predicted));
    confidence.push(Float64Array.from(rows, (r) => r.confidence));
    nll.push(
      Float64Array.from(rows, (r, i) => {
        const label = labels[i]!;
        if (label < 0 || label >= classes) {
          throw new UserError("E_DATA", `label ${label} of sample ${i}`, {
            allowed: `0 to ${classes - 1}`,
          });
        }
        return r.logSumExp - data[i * classes + label]!;
      }),
    );
  }
  const scores: Partial<Record<PolicyName, readonly Float64Array[]>> = {};
  for (const name of policyNames) {
    const early = outputs.logits.slice(0, -1);
    if (policies[name].needsHazard && !outputs.hazards) continue;
    scores[name] = early.map((logits, k) => {
      const hazard = outputs.hazards?.[k];
      return policies[name].scores({ logits, ...(hazard ? { hazard } : {}) });
    });
  }
  return { split, exits, labels, predicted, confidence, nll, scores };
}

const join = (parts: readonly Float64Array[]): Float64Array => {
  const all = new Float64Array(parts.reduce((n, p) => n + p.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
};
const joinInts = (parts: readonly Int32Array[]): Int32Array =>
  Int32Array.from(join(parts.map((p) => Float64Array.from(p))));

/**
 * Predictions of consecutive batches as one.
 *
 * @example
 * concatPredictions([predictions, predictions]).labels.length // 128
 */
export function concatPredictions<S extends Split>(
  parts: readonly ExitPredictions<S>[],
): ExitPredictions<S> {
  const first = at(parts, 0);
  const perExit = <T>(list: readonly unknown[], pick: (part: ExitPredictions<S>, k: number) => T) =>
    list.map((_, k) => parts.map((part) => pick(part, k)));
  const scores: Partial<Record<PolicyName, readonly Float64Array[]>> = {};
  for (const name of policyNames) {
    const list = first.scores[name];
    if (list) scores[name] = perExit(list, (p, k) => at(p.scores[name] ?? [], k)).map(join);
  }
  return {
    split: first.split,
    exits: first.exits,
    labels: joinInts(parts.map((p) => p.labels)),
    predicted: perExit(first.predicted, (p, k) => at(p.predicted, k)).map(joinInts),
    confidence: perExit(first.confidence, (p, k) => at(p.confidence, k)).map(join),
    nll: perExit(first.nll, (p, k) => at(p.nll, k)).map(join),
    scores,
  };
}
