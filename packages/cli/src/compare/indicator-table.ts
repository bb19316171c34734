/** Indicators by models, the winner of each marked. */

import type { Comparison, IndicatorColumn, IndicatorUnit, Reading } from "@frugal/core/evaluation";
import { fit, printable, short, tiny } from "../profile/amounts.js";

const units: Readonly<Record<IndicatorUnit, (value: number) => string>> = {
  numbers: (v) => short(v),
  MACs: (v) => short(v),
  FLOPs: (v) => short(v),
  ops: (v) => short(v),
  kernels: (v) => short(v),
  B: (v) => short(v, "B"),
  J: (v) => tiny(v, "J"),
  ms: (v) => tiny(v / 1000, "s"),
};

const groups: readonly (readonly [source: IndicatorColumn["source"], title: string])[] = [
  ["counted", "Counted"],
  ["modelled", "Modelled"],
  ["measured", "Measured"],
];

const LABEL = 25;
/** "1.05 GB *" and a gap. */
const LEAST_COLUMN = 10;
const MOST_COLUMN = 20;
const WON = "*";

function cell(column: IndicatorColumn, i: number, model: string): string {
  const reading = column.readings[i]!;
  if ("missing" in reading) return "–  ";
  const mark = column.winners.includes(model) ? ` ${WON}` : "  ";
  return `${units[column.unit](reading.value)}${mark}`;
}

function accuracyCell(reading: Reading | undefined): string {
  return reading ? `${(100 * reading.value).toFixed(1)} %  ` : "–  ";
}

/** A name in lines of at most `width`, cut after a separator where there is one. */
function splitName(name: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = name;
  while (rest.length > width) {
    const piece = rest.slice(0, width);
    const at = Math.max(...["-", "_", ".", "/", "@"].map((c) => piece.lastIndexOf(c))) + 1;
    const cut = at > width / 3 ? at : width;
    lines.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...lines, rest];
}

export interface TableOptions {
  readonly width: number;
  readonly accuracies: ReadonlyMap<string, Reading>;
}

/** As many models as fit side by side, from the `from`-th on. */
function block(
  comparison: Comparison,
  { from, count, column }: { from: number; count: number; column: number },
  accuracies: TableOptions["accuracies"],
): string {
  const names = comparison.models.slice(from, from + count);
  const line = (label: string, cells: readonly string[]): string =>
    [fit(label, LABEL).padEnd(LABEL), ...cells.map((c) => c.padStart(column))].join("").trimEnd();
  const split = names.map((n) => splitName(printable(n), column - 3));
  const head = Array.from({ length: Math.max(...split.map((s) => s.length)) }, (_, k) =>
    line(
      "",
      split.map((s) => `${s[k] ?? ""}  `),
    ),
  );
  const rows = groups.flatMap(([source, title]) => {
    const columns = comparison.indicators.filter((c) => c.source === source);
    if (columns.length === 0) return [];
    let setting: string | undefined;
    const lines = columns.flatMap((c) => {
      const cells = names.map((name, i) => cell(c, from + i, name));
      const row = line(`  ${c.title}`, cells);
      // Settings are long: they get a line of their own when they change.
      if (c.setting === undefined || c.setting === setting) return [row];
      setting = c.setting;
      return [`  on ${printable(c.setting)}`, row];
    });
    return ["", title, ...lines];
  });
  const accuracy =
    accuracies.size === 0
      ? []
      : [
          "",
          line(
            "Accuracy",
            names.map((name) => accuracyCell(accuracies.get(name))),
          ),
        ];
  return [...head, ...rows, ...accuracy].join("\n");
}

/** The table; where the models do not fit, in blocks below each other. */
export function indicatorTable(
  comparison: Comparison,
  { width, accuracies }: TableOptions,
): string {
  const models = comparison.models.length;
  const longest = Math.max(...comparison.models.map((n) => n.length)) + 3;
  const room = width - LABEL;
  const most = Math.max(1, Math.min(models, Math.floor(room / LEAST_COLUMN)));
  const count = Math.ceil(models / Math.ceil(models / most));
  const widest = Math.min(longest, MOST_COLUMN, Math.floor(room / count));
  const column = Math.max(LEAST_COLUMN, widest);
  const parts = Array.from({ length: Math.ceil(models / count) }, (_, k) =>
    block(comparison, { from: k * count, count, column }, accuracies),
  );
  return `${parts.join("\n\n")}\n\n  ${WON} least of all${hasIntervals(comparison) ? "; several where their intervals overlap" : ""}`;
}

const hasIntervals = ({ indicators }: Comparison): boolean =>
  indicators.some((c) => c.readings.some((r) => "interval" in r));
