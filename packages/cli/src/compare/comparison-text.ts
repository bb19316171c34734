/** The comparison as a person reads it: numbers, their agreement, pairs, frontiers, warnings. */

import type { Comparison, IndicatorColumn, Reading } from "@frugal/core/evaluation";
import { printable } from "../profile/amounts.js";
import { frontierText } from "./frontier-text.js";
import { indicatorTable } from "./indicator-table.js";
import { pairsText } from "./pairs-text.js";
import { rankMatrix } from "./rank-matrix.js";
import { warningsText } from "./warnings-text.js";

/** A setting is named only where there is more than one to tell apart. */
function titlesOf(columns: readonly IndicatorColumn[]): ReadonlyMap<string, string> {
  const several = new Set(columns.flatMap((c) => c.setting ?? [])).size > 1;
  return new Map(
    columns.map((c) => [
      c.id,
      several && c.setting !== undefined ? `${c.title} on ${printable(c.setting)}` : c.title,
    ]),
  );
}

export interface ComparisonTextOptions {
  readonly width: number;
  readonly accuracies: ReadonlyMap<string, Reading>;
}

export function comparisonText(
  comparison: Comparison,
  { width, accuracies }: ComparisonTextOptions,
): string {
  const titles = titlesOf(comparison.indicators);
  const withRepeats = new Map(
    [...titles].map(([id, title]) => {
      const also = comparison.indicators.filter((c) => c.repeats === id).map((c) => c.title);
      return [id, also.length === 0 ? title : `${title} (= ${also.join(", ")})`];
    }),
  );
  return [
    indicatorTable(comparison, { width, accuracies }),
    rankMatrix(comparison, { width, titles: withRepeats }),
    pairsText(comparison, { width, titles }),
    ...(comparison.frontier ? [frontierText(comparison.frontier, { width, titles })] : []),
    warningsText(comparison.warnings, { width }),
  ].join("\n\n");
}
