/** The warnings, rule by rule: what was found, the evidence, and what to do. */

import { type MisnomerWarning, misnomerRules } from "@frugal/core/evaluation";
import { printable } from "../profile/amounts.js";
import { wrap } from "../profile/totals-table.js";

/** Of one rule; more are in the JSON. */
const MOST_CASES = 4;

/** What one model has against several others is one case: its evidence is told against the first of them. */
interface Case {
  readonly first: MisnomerWarning;
  readonly others: readonly string[];
}

function casesOf(warnings: readonly MisnomerWarning[]): readonly Case[] {
  const cases: { first: MisnomerWarning; others: string[] }[] = [];
  for (const warning of warnings) {
    const { subject, models } = warning;
    const known = cases.find((c) => subject !== undefined && c.first.subject === subject);
    if (known) known.others.push(...models.filter((m) => m !== subject));
    else cases.push({ first: warning, others: [] });
  }
  return cases;
}

function caseLines({ first, others }: Case, width: number): string[] {
  const lines = (text: string, indent: string, mark: string): string[] =>
    wrap(printable(text), width - indent.length - mark.length).map(
      (t, i) => `${indent}${i === 0 ? mark : " ".repeat(mark.length)}${t}`,
    );
  const { models, subject, evidence } = first;
  const other = models.filter((m) => m !== subject);
  const title =
    subject === undefined ? models.join(" and ") : [subject, ...other].join(" against ");
  return [
    ...lines(title, "    ", ""),
    ...evidence.flatMap((text) => lines(text, "      ", "- ")),
    ...(others.length > 0 ? lines(`likewise against ${others.join(", ")}`, "      ", "- ") : []),
  ];
}

/** The rule's name is what the JSON and the manual call it. */
function titleOf(rule: MisnomerWarning["rule"]): string {
  const { title } = misnomerRules[rule];
  return title === rule ? title : `${title} (${rule})`;
}

export function warningsText(
  warnings: readonly MisnomerWarning[],
  { width }: { readonly width: number },
): string {
  const rules = [...new Set(warnings.map((w) => w.rule))];
  const groups = rules.map((rule) => {
    const found = warnings.filter((w) => w.rule === rule);
    const cases = casesOf(found);
    const more = cases.length - MOST_CASES;
    const advice = [...new Set(found.map((w) => w.advice))];
    return [
      `  ${titleOf(rule)}`,
      ...cases.slice(0, MOST_CASES).flatMap((c) => caseLines(c, width)),
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
