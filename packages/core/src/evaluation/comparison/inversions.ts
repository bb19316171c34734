/** Which of two models is better depends on the indicator: for every pair, who wins under which. */

import type { IndicatorColumn } from "./columns.js";
import { isMissing } from "./indicator.js";
import { type ComparedModel, clearlyLess } from "./model.js";

export interface PairStanding {
  readonly a: string;
  readonly b: string;
  /** Ids of the columns under which `a` costs clearly less. */
  readonly aBetter: readonly string[];
  readonly bBetter: readonly string[];
  /** Equal, or intervals that overlap. */
  readonly undecided: readonly string[];
  /** Both have wins: the order turns with the indicator. */
  readonly inverted: boolean;
}

/** Every pair of models, over the columns that repeat no other and in which both have a number. */
export function standingsOf(
  models: readonly ComparedModel[],
  columns: readonly IndicatorColumn[],
): readonly PairStanding[] {
  return models.flatMap(({ name: a }, i) =>
    models.slice(i + 1).map(({ name: b }, k): PairStanding => {
      const [aBetter, bBetter, undecided]: [string[], string[], string[]] = [[], [], []];
      for (const column of columns) {
        const ra = column.readings[i]!;
        const rb = column.readings[i + 1 + k]!;
        if (column.repeats !== undefined || isMissing(ra) || isMissing(rb)) continue;
        if (clearlyLess(ra, rb)) aBetter.push(column.id);
        else if (clearlyLess(rb, ra)) bBetter.push(column.id);
        else undecided.push(column.id);
      }
      const inverted = aBetter.length > 0 && bBetter.length > 0;
      return { a, b, aBetter, bBetter, undecided, inverted };
    }),
  );
}
