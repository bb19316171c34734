/** What a failure of a compute-aware training looks like in its numbers. */

import type { CostTermPlan } from "../compute-objective.js";

/** Whatever was known of a step: metrics, scalars, evaluation, gradient pressure. */
export interface HistoryPoint {
  readonly step: number;
  /** `cost.<name>` (over the start), `hard.<name>` (in its unit), `lambda.<name>`, `task`, `accuracy`, `sigma`, ... */
  readonly values: Readonly<Record<string, number>>;
}

export interface WatchOptions {
  readonly costs: readonly Pick<CostTermPlan, "name" | "start" | "limit">[];
  /** Name of the validation accuracy among the values. Default "accuracy". */
  readonly accuracy?: string;
  /** Accuracy of guessing: 1 / classes. Default: not known, and nothing is said about it. */
  readonly chance?: number;
}

/** Data first: shown by the command line and the studio. */
export interface ObjectiveWarning {
  readonly signature: string;
  readonly cost?: string;
  /** One sentence. */
  readonly what: string;
  /** The numbers behind it. */
  readonly evidence: readonly string[];
  readonly advice: string;
}

/** One way of failing. A pure function of the history: asked as often as one likes. */
export interface FailureSignature {
  readonly name: string;
  readonly title: string;
  find(history: readonly HistoryPoint[], options: WatchOptions): readonly ObjectiveWarning[];
}

/** A series that is in the history, with its steps. */
export function seriesOf(history: readonly HistoryPoint[], name: string) {
  return history.flatMap(({ step, values }) => {
    const value = values[name];
    return value === undefined ? [] : [{ step, value }];
  });
}

export const show = (value: number): string => `${Number(value.toPrecision(3))}`;
