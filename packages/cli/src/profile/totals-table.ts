/** The totals of one model as a list, or of several as columns. */

import { exact, fit, printable, short, tiny } from "./amounts.js";
import type { Subject } from "./subject.js";
import { measuredGroup, type Total, type TotalUnit, totalGroups } from "./totals.js";

export const rounded: Readonly<Record<TotalUnit, (value: number) => string>> = {
  count: (v) => short(v),
  bytes: (v) => short(v, "B"),
  joules: (v) => tiny(v, "J"),
  milliseconds: (v) => tiny(v / 1000, "s"),
  ratio: (v) => String(Number(v.toPrecision(3))),
};

/** Counts in full; what is computed from them, rounded. */
export const full = (unit: TotalUnit, value: number): string =>
  unit === "count" || unit === "bytes" ? exact(value) : rounded[unit](value);

/** Words in lines of at most so many characters. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

const LABEL = 23;
const EXACT = 15;
const ROUNDED = 7;

function listLine(total: Total, subject: Subject, width: number): readonly string[] {
  const value = total.value(subject);
  if (value === undefined) return [];
  const isWhole = total.unit === "count" || total.unit === "bytes";
  // A small number is its own rounding, but for its unit.
  const needsRounding = isWhole && (value >= 1000 || total.unit === "bytes");
  const figures = [
    total.label.padEnd(LABEL),
    full(total.unit, value).padStart(EXACT),
    (needsRounding ? rounded[total.unit](value) : "").padStart(ROUNDED),
  ].join("  ");
  const note = total.note?.(subject);
  if (!note) return [`  ${figures}`.trimEnd()];
  const room = width - figures.length - 4;
  if (note.length <= room) return [`  ${figures}  ${note}`];
  return [
    `  ${figures}`.trimEnd(),
    ...wrap(note, Math.max(20, width - 6)).map((text) => `      ${text}`),
  ];
}

/** All totals of one model, in groups, with what there is to say about each. */
export function totalsList(subject: Subject, { width }: { readonly width: number }): string {
  return totalGroups
    .flatMap(({ title, totals }) => {
      const lines = totals.flatMap((total) => listLine(total, subject, width));
      return lines.length === 0 ? [] : [[title, ...lines].join("\n")];
    })
    .join("\n\n");
}

/** What a column of bare numbers is of. */
export const labelWithUnit = ({ label, unit }: Total): string =>
  unit === "bytes" && !label.startsWith("bytes") ? `${label}, B` : label;

/** How much more or less the second model has. */
function factor(a: number | undefined, b: number | undefined): string {
  if (a === undefined || b === undefined || a === 0) return "–";
  const ratio = b / a;
  if (ratio === 1) return "same";
  // ÷13.6 says more than ×0.0736.
  return ratio > 0 && ratio < 0.1 ? `÷${short(1 / ratio)}` : `×${short(ratio)}`;
}

/** The totals of several models, one column each; of two models, with the factor between them. */
export function totalsColumns(
  subjects: readonly Subject[],
  { width }: { readonly width: number },
): string {
  const pair = subjects.length === 2;
  const gaps = 2 * (subjects.length + (pair ? 1 : 0));
  const room = Math.floor((width - 2 - LABEL - gaps - (pair ? 8 : 0)) / subjects.length);
  const inFull = room >= EXACT;
  // Too many models for one line each: rounded numbers still can be read, and the line grows.
  const column = Math.max(9, Math.min(room, 26));
  const line = (label: string, cells: readonly string[], last?: string): string =>
    [
      label.padEnd(LABEL + 2),
      ...cells.map((cell) => fit(cell, column).padStart(column)),
      ...(last === undefined ? [] : [last.padStart(8)]),
    ]
      .join("  ")
      .trimEnd();
  const names = subjects.map(({ name }) => printable(name));
  const groups = [...totalGroups, measuredGroup].flatMap(({ title, totals }) => {
    const lines = totals.flatMap((total) => {
      const values = subjects.map((s) => total.value(s));
      if (values.every((v) => v === undefined)) return [];
      const cells = values.map((v) =>
        v === undefined ? "–" : inFull ? full(total.unit, v) : rounded[total.unit](v),
      );
      return [
        line(`  ${labelWithUnit(total)}`, cells, pair ? factor(values[0], values[1]) : undefined),
      ];
    });
    return lines.length === 0 ? [] : [[title, ...lines].join("\n")];
  });
  return [line("", names, pair ? "factor" : undefined), "", groups.join("\n\n")].join("\n");
}
