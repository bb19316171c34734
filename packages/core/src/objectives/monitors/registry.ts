/** Every failure signature, by name. */

import { accuracyCollapse } from "./accuracy-collapse.js";
import { atChance } from "./at-chance.js";
import { costIgnored } from "./cost-ignored.js";
import { ratioStuck } from "./ratio-stuck.js";
import { sigmaTooSmall } from "./sigma-too-small.js";
import type {
  FailureSignature,
  HistoryPoint,
  ObjectiveWarning,
  WatchOptions,
} from "./signature.js";

const signatures = {
  costIgnored,
  accuracyCollapse,
  atChance,
  sigmaTooSmall,
  ratioStuck,
} satisfies Record<string, FailureSignature>;

export type SignatureName = keyof typeof signatures;

export const failureSignatures: Readonly<Record<SignatureName, FailureSignature>> = signatures;

/**
 * What looks wrong in the history of a training so far.
 *
 * history: points in order of steps, each with whatever was known then: metrics of `computeObjective`, scalars such as
 * `lambda.<cost>` and `sigma`, the task's loss as `task`, the validation accuracy, the outputs of `gradientPressure`.
 *
 * @example
 * const history = Array.from({ length: 30 }, (_, step) => ({
 *   step,
 *   values: { "lambda.macs": 0.1, "cost.macs": 0.999, "hard.macs": 8e6 },
 * }));
 * objectiveWarnings(history, { costs: [{ name: "macs", start: 8e6 }] }).map((w) => w.signature) // ["costIgnored", "ratioStuck"]
 */
export const objectiveWarnings = (
  history: readonly HistoryPoint[],
  options: WatchOptions,
): ObjectiveWarning[] =>
  Object.values(failureSignatures).flatMap((signature) => signature.find(history, options));
