/** Do two indicators rank the models alike? All pairs, as matrices. */

import { kendall, spearman } from "../ranks.js";
import { type IndicatorColumn, votingColumns } from "./columns.js";
import { isMissing } from "./indicator.js";

/** Below this a rank correlation can only be 1, -1 or undefined. */
const LEAST_MODELS = 3;

/** A coefficient, or why there is none. */
export type Coefficient =
  | { readonly value: number; readonly n: number }
  | { readonly reason: string };

export interface Agreement {
  /** Ids of the columns, in the order of rows and columns of the matrices. */
  readonly indicators: readonly string[];
  readonly spearman: readonly (readonly Coefficient[])[];
  readonly kendall: readonly (readonly Coefficient[])[];
}

function sharedValues(a: IndicatorColumn, b: IndicatorColumn): readonly [number[], number[]] {
  const [xs, ys]: [number[], number[]] = [[], []];
  a.readings.forEach((x, i) => {
    const y = b.readings[i]!;
    if (isMissing(x) || isMissing(y)) return;
    xs.push(x.value);
    ys.push(y.value);
  });
  return [xs, ys];
}

const isConstant = (values: readonly number[]): boolean => values.every((v) => v === values[0]);

function coefficient(
  a: IndicatorColumn,
  b: IndicatorColumn,
  of: (xs: readonly number[], ys: readonly number[]) => number,
): Coefficient {
  const [xs, ys] = sharedValues(a, b);
  if (xs.length < LEAST_MODELS) {
    return { reason: `${xs.length} models have both: a rank correlation needs ${LEAST_MODELS}` };
  }
  const constant = [isConstant(xs) ? a : undefined, isConstant(ys) ? b : undefined].find(Boolean);
  if (constant) return { reason: `${constant.title} is the same for all models` };
  return { value: of(xs, ys), n: xs.length };
}

/**
 * Spearman's rho and Kendall's tau-b of every two columns, ties included, over the models that have both.
 * Columns that repeat another are left out: they would agree with it by definition.
 */
export function agreementOf(columns: readonly IndicatorColumn[]): Agreement {
  const voting = votingColumns(columns);
  const matrix = (of: typeof spearman) =>
    voting.map((a) => voting.map((b) => coefficient(a, b, of)));
  return {
    indicators: voting.map((c) => c.id),
    spearman: matrix(spearman),
    kendall: matrix(kendall),
  };
}
