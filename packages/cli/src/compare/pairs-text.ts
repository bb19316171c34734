/** For every two models: which is ahead under how many indicators, and under which. */

import type { Comparison, PairStanding } from "@frugal/core/evaluation";
import { printable } from "../profile/amounts.js";
import { wrap } from "../profile/totals-table.js";

const MOST_PAIRS = 12;

type Titles = ReadonlyMap<string, string>;

const under = (ids: readonly string[], titles: Titles): string =>
  ids.map((id) => titles.get(id)!).join(", ");

function standing(pair: PairStanding, titles: Titles, width: number): string[] {
  const aLeads = pair.aBetter.length >= pair.bBetter.length;
  const [leader, other] = (aLeads ? [pair.a, pair.b] : [pair.b, pair.a]).map(printable);
  const [wins, losses] = aLeads ? [pair.aBetter, pair.bBetter] : [pair.bBetter, pair.aBetter];
  const all = wins.length + losses.length + pair.undecided.length;
  const ties = pair.undecided.length === 0 ? "" : ` (${pair.undecided.length} undecided)`;
  const isEven = wins.length === losses.length;
  const [first, rest] = isEven
    ? [
        `${leader} and ${other} are each ahead under ${wins.length} of ${all}${ties}`,
        `${leader} under ${under(wins, titles)}`,
      ]
    : [
        `${leader} is ahead of ${other} under ${wins.length} of ${all}${ties}`,
        `not under ${under(losses, titles)}`,
      ];
  return [
    ...wrap(first, width - 6).map((t, i) => `${i === 0 ? "  " : "      "}${t}`),
    ...wrap(rest, width - 6).map((t) => `      ${t}`),
  ];
}

/** The pairs whose order turns with the indicator, the closest first. */
export function pairsText(
  { pairs }: Comparison,
  { width, titles }: { readonly width: number; readonly titles: ReadonlyMap<string, string> },
): string {
  const least = (p: PairStanding): number => Math.min(p.aBetter.length, p.bBetter.length);
  const inverted = pairs.filter((p) => p.inverted).sort((a, b) => least(b) - least(a));
  const head = "Who is ahead depends on the indicator";
  if (inverted.length === 0) {
    const where = pairs.length === 1 ? "" : "in every pair ";
    return `${head}\n  Not here: ${where}one model is ahead under all of them.`;
  }
  const shown = inverted.slice(0, MOST_PAIRS).flatMap((p) => standing(p, titles, width));
  const more = inverted.length - MOST_PAIRS;
  const rest = pairs.length - inverted.length;
  return [
    head,
    ...shown,
    ...(more > 0 ? [`  and ${more} more pairs (--json lists all)`] : []),
    ...(rest > 0
      ? [
          `  ${rest} other ${rest === 1 ? "pair keeps its" : "pairs keep their"} order under all indicators`,
        ]
      : []),
  ].join("\n");
}
