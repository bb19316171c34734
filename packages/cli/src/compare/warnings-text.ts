/** The warnings, rule by rule: what was found, the evidence, and what to do. */

import { type MisnomerWarning, misnomerRules } from "@frugal/core/evaluation";
import { printable } from "../profile/amounts.js";
import { wrap } from "../profile/totals-table.js";

/** Of one rule; more are in the JSON. */
const MOST_FINDINGS = 4;

function finding({ models, evidence }: MisnomerWarning, width: number): string[] {
  const lines = (text: string, indent: string, mark: string): string[] =>
    wrap(printable(text), width - indent.length - mark.length).map(
      (t, i) => `${indent}${i === 0 ? mark : " ".repeat(mark.length)}${t}`,
    );
  return [
    ...lines(models.join(" and "), "    ", ""),
    ...evidence.flatMap((text) => lines(text, "      ", "- ")),
  ];
}

export function warningsText(
  warnings: readonly MisnomerWarning[],
  { width }: { readonly width: number },
): string {
  const rules = [...new Set(warnings.map((w) => w.rule))];
  const groups = rules.map((rule) => {
    const found = warnings.filter((w) => w.rule === rule);
    const more = found.length - MOST_FINDINGS;
    const advice = [...new Set(found.map((w) => w.advice))];
    return [
      `  ${misnomerRules[rule].title} (${rule})`,
      ...found.slice(0, MOST_FINDINGS).flatMap((w) => finding(w, width)),
      ...(more > 0 ? [`    and ${more} more (--json lists all)`] : []),
      ...advice.flatMap((text) =>
        wrap(text, width - 8).map((t, i) => `    ${i === 0 ? "=>" : "  "} ${t}`),
      ),
    ].join("\n");
  });
  const head =
    warnings.length === 0
      ? "Warnings\n  None: no rule found a reason why these indicators should mislead."
      : `Warnings (${warnings.length})`;
  return [head, ...groups].join(warnings.length === 0 ? "\n" : "\n\n");
}
