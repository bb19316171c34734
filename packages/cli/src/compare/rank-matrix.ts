/** Rank correlations of all indicators, small: indicators that rank the models alike share a letter. */

import type { Coefficient, Comparison } from "@frugal/core/evaluation";
import { printable } from "../profile/amounts.js";
import { wrap } from "../profile/totals-table.js";

/** Indices of indicators that agree perfectly with the first of them. */
type RankClass = readonly number[];

const isSame = (c: Coefficient): boolean => "value" in c && c.value > 1 - 1e-9;

/** Perfect agreement is transitive where all models have all numbers; a class is as its first member sees it. */
function classesOf({ agreement: { kendall } }: Comparison): {
  readonly classes: readonly RankClass[];
  readonly left: readonly { readonly index: number; readonly why: string }[];
} {
  const classes: number[][] = [];
  const left: { index: number; why: string }[] = [];
  for (let i = 0; i < kendall.length; i++) {
    const self = kendall[i]![i]!;
    if ("reason" in self) {
      left.push({ index: i, why: self.reason });
      continue;
    }
    const home = classes.find((c) => {
      const to = kendall[c[0]!]![i]!;
      const own = kendall[c[0]!]![c[0]!]!;
      return isSame(to) && "value" in to && "value" in own && to.n === own.n && to.n === self.n;
    });
    if (home) home.push(i);
    else classes.push([i]);
  }
  return { classes, left };
}

/** More would not fit a line or two. */
const MOST_ORDERED = 8;

/** The models from the least to the most. */
function orderOf({ models, indicators }: Comparison, id: string, width: number): string[] {
  if (models.length > MOST_ORDERED) return [];
  const { readings } = indicators.find((c) => c.id === id)!;
  const known = models.flatMap((name, i) => {
    const reading = readings[i]!;
    return "value" in reading ? [{ name, value: reading.value }] : [];
  });
  known.sort((a, b) => a.value - b.value);
  const text = known
    .map(({ name, value }, i) => {
      if (i === 0) return printable(name);
      return `${value === known[i - 1]!.value ? "=" : "<"} ${printable(name)}`;
    })
    .join(" ");
  return wrap(text, width - 9).map((line) => `       ${line}`);
}

const letter = (k: number): string =>
  String.fromCharCode(65 + (k % 26)) + (k < 26 ? "" : `${Math.floor(k / 26)}`);

const show = (c: Coefficient): string => ("value" in c ? c.value.toFixed(2) : "–");

const CELL = 7;

/** Kendall's tau-b below the diagonal, Spearman's rho above it. */
export function rankMatrix(
  comparison: Comparison,
  { width, titles }: { readonly width: number; readonly titles: ReadonlyMap<string, string> },
): string {
  const { agreement } = comparison;
  const title = (i: number): string => titles.get(agreement.indicators[i]!)!;
  const head = "How alike the indicators rank the models";
  if (comparison.models.length < 3) {
    return `${head}\n  a rank correlation needs three models; with two, see who is ahead below`;
  }
  const { classes, left } = classesOf(comparison);
  const legend = classes.flatMap((members, k) => [
    ...wrap(members.map(title).join(", "), width - 5).map(
      (text, i) => `  ${i === 0 ? letter(k) : " "}  ${text}`,
    ),
    ...orderOf(comparison, agreement.indicators[members[0]!]!, width),
  ]);
  const missing = left.map(({ index, why }) => `  –  ${title(index)}: ${why}`);
  if (classes.length < 2) {
    return [head, ...legend, ...missing, "", "  All of them give one and the same order."].join(
      "\n",
    );
  }
  const rows = classes.map(([i], r) =>
    [
      `  ${letter(r)}  `,
      ...classes.map(([k], c) =>
        (r === c ? "·" : show((c < r ? agreement.kendall : agreement.spearman)[i!]![k!]!)).padStart(
          CELL,
        ),
      ),
    ].join(""),
  );
  const letters = `     ${classes.map((_, k) => letter(k).padStart(CELL)).join("")}`;
  return [
    head,
    ...legend,
    ...missing,
    "",
    letters,
    ...rows,
    "",
    "  below the diagonal Kendall's tau-b, above it Spearman's rho:",
    "  1 is the same order, -1 the reverse",
  ].join("\n");
}
