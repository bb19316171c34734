/** What the models of energy take for granted, for a reader who asked for them. */

import { printable } from "./amounts.js";
import type { AsicEnergy } from "./energy.js";
import type { Subject } from "./subject.js";
import { wrap } from "./totals-table.js";

const hanging = (text: string, width: number): readonly string[] =>
  wrap(printable(text), width - 4).map((line, i) => `${i === 0 ? "  - " : "    "}${line}`);

function linesOf({ assumptions, activations }: AsicEnergy): readonly string[] {
  const lines = assumptions.map(({ topic, statement }) => `${topic}: ${statement}`);
  if (!activations) return lines;
  const { inPlace, separate } = activations;
  return [
    ...lines,
    `ratio with activations in place ${inPlace.toFixed(4)}, with activations apart ${separate.toFixed(4)}`,
  ];
}

/** The assumptions of each table and each mode of the accelerator; "" where there are none to tell. */
export function assumptionsText(
  { energy, asic }: Subject,
  { width }: { readonly width: number },
): string {
  const tables = [...new Set(energy.map((e) => e.table))];
  const blocks = [
    ...tables.map((table) => {
      const reports = energy.filter((e) => e.table === table);
      const lines = [...new Set(reports.flatMap((e) => e.assumptions))];
      return { title: table, lines };
    }),
    ...asic.map((a) => ({
      title: `accelerator that skips zeros, ${a.mode} mode`,
      lines: linesOf(a),
    })),
  ];
  return blocks
    .map(({ title, lines }) =>
      [`Assumptions: ${title}`, ...lines.flatMap((line) => hanging(line, width))].join("\n"),
    )
    .join("\n\n");
}
