/** One row a model, one column an indicator, numbers in full. */

import type { ComparedModel, Comparison } from "@frugal/core/evaluation";

/** A spreadsheet takes a cell that begins so for a formula; names come from files of strangers. */
const FORMULA = /^[=+\-@\t\r]/;

function quote(cell: string | number | undefined): string {
  if (cell === undefined) return "";
  if (typeof cell === "number") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

export function comparisonCsv(
  { indicators }: Comparison,
  models: readonly ComparedModel[],
): string {
  const head = ["model", "file", "accuracy", ...indicators.map((c) => c.id)];
  const rows = models.map((m, i) => [
    m.name,
    m.profile?.path,
    m.accuracy?.value,
    ...indicators.map((c) => {
      const reading = c.readings[i]!;
      return "value" in reading ? reading.value : undefined;
    }),
  ]);
  return `${[head, ...rows].map((row) => row.map(quote).join(",")).join("\n")}\n`;
}
