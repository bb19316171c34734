/** Who is on the frontier of accuracy against cost, under which indicators. */

import type { Frontier } from "@frugal/core/evaluation";
import { printable } from "../profile/amounts.js";
import { wrap } from "../profile/totals-table.js";

/** Indicators with the same frontier are told once. */
function groupsOf({ indicators, members }: Frontier): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  members.forEach((names, i) => {
    const key = names.map(printable).join(", ");
    groups.set(key, [...(groups.get(key) ?? []), indicators[i]!]);
  });
  return groups;
}

function largest({ disagreement, indicators }: Frontier): readonly [number, string, string] {
  let found: [number, string, string] = [0, "", ""];
  disagreement.forEach((row, i) => {
    row.forEach((value, k) => {
      if (value > found[0]) found = [value, indicators[i]!, indicators[k]!];
    });
  });
  return found;
}

export function frontierText(
  frontier: Frontier,
  { width, titles }: { readonly width: number; readonly titles: ReadonlyMap<string, string> },
): string {
  const groups = groupsOf(frontier);
  const title = (id: string): string => titles.get(id)!;
  const lines = [...groups].flatMap(([names, ids]) => [
    ...wrap(names, width - 2).map((t) => `  ${t}`),
    ...wrap(`by ${ids.map(title).join(", ")}`, width - 6).map((t) => `      ${t}`),
  ]);
  const [most, a, b] = largest(frontier);
  const verdict =
    groups.size === 1
      ? "The frontier is the same under all of them."
      : `On every frontier: ${frontier.always.map(printable).join(", ") || "none"}. Largest disagreement: ${most.toFixed(2)} (${title(a)} against ${title(b)}; 0 the same models, 1 none in common).`;
  const without =
    frontier.without.length === 0
      ? []
      : wrap(
          `Without an accuracy, so on none: ${frontier.without.map(printable).join(", ")}`,
          width - 2,
        );
  return [
    "Frontier of accuracy against cost",
    ...lines,
    ...[...wrap(verdict, width - 2), ...without].map((t) => `  ${t}`),
  ].join("\n");
}
