/** The tree of modules as a table for a terminal: as many columns as it has room for. */

import type { Profile } from "@frugal/core/costs";
import { fit, share, short } from "./amounts.js";
import { foldAlike, type Module, moduleTree, type Row, rowsOf, together } from "./tree.js";

export interface TreeOptions {
  /** Levels to show; the default is two, or one where that would fill more than a screen. */
  readonly depth?: number;
  /** Characters of a line. */
  readonly width: number;
}

interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  readonly width: number;
  readonly cell: (module: Module, total: Module) => string;
}

const number = (
  title: string,
  width: number,
  cell: (module: Module, total: Module) => string,
): Column => ({ title, align: "right", width, cell });

const zeroAsDash = (value: number, unit = ""): string => (value === 0 ? "–" : short(value, unit));

/** As many whole words as there is room for. */
function listed(words: readonly string[], width: number): string {
  let text = fit(words[0] ?? "", width);
  for (const word of words.slice(1)) {
    if (text.length + 2 + word.length > width) return text.length + 2 > width ? text : `${text} …`;
    text = `${text} ${word}`;
  }
  return text;
}

/** In the order in which they are read; `need` is the width of the terminal from which on they are shown. */
const columns: readonly { readonly need: number; readonly column: Column }[] = [
  { need: 0, column: number("MACs", 7, (m) => zeroAsDash(m.macs)) },
  { need: 0, column: number("share", 7, (m, t) => share(m.macs, t.macs)) },
  { need: 110, column: number("other ops", 9, (m) => zeroAsDash(m.otherOps)) },
  { need: 60, column: number("params", 7, (m) => zeroAsDash(m.parameters)) },
  { need: 60, column: number("share", 7, (m, t) => share(m.parameters, t.parameters)) },
  { need: 76, column: number("moved", 7, (m) => zeroAsDash(m.bytesMoved, "B")) },
  { need: 132, column: number("share", 7, (m, t) => share(m.bytesMoved, t.bytesMoved)) },
  { need: 96, column: number("activ.", 7, (m) => zeroAsDash(m.activations)) },
  {
    need: 116,
    column: {
      title: "operators",
      align: "left",
      width: 22,
      cell: (m) => listed(m.operators, 22),
    },
  },
  {
    need: 150,
    column: { title: "output", align: "left", width: 26, cell: (m) => fit(m.output, 26) },
  },
];

const GAP = 2;
const LEAST_NAME = 16;
const MOST_NAME = 46;
/** Rows that a reader takes in at once; more are shown only if asked for. */
const MOST_ROWS = 40;
/** Rows of one level before the small ones become one row. */
const MOST_PARTS = 30;

/** The small parts of a long list become one row, so that it still adds up. */
function shorten(module: Module, total: Module): Module {
  const children = module.children.map((c) => shorten(c, total));
  if (children.length <= MOST_PARTS) return { ...module, children };
  const weight = (m: Module): number =>
    Math.max(
      m.macs / Math.max(1, total.macs),
      m.parameters / Math.max(1, total.parameters),
      m.bytesMoved / Math.max(1, total.bytesMoved),
      m.unknown,
    );
  const kept = new Set(children.toSorted((a, b) => weight(b) - weight(a)).slice(0, MOST_PARTS - 1));
  const rest = children.filter((c) => !kept.has(c));
  return { ...module, children: [...children.filter((c) => kept.has(c)), together(rest)] };
}

function chosenRows(tree: Module, depth: number | undefined): readonly Row[] {
  if (depth === Number.POSITIVE_INFINITY) return rowsOf(tree, depth);
  const folded = shorten(foldAlike(tree), tree);
  if (depth !== undefined) return rowsOf(folded, depth);
  const two = rowsOf(folded, 2);
  return two.length <= MOST_ROWS ? two : rowsOf(folded, 1);
}

const nameOf = ({ module, level }: Row): string =>
  `${"  ".repeat(level)}${module.name || "(model)"}${module.alike > 1 ? `  ×${module.alike}` : ""}`;

/** Rows of modules with sums and shares; the last line is the total. */
export function treeTable(profile: Profile, { depth, width }: TreeOptions): string {
  const tree = moduleTree(profile.ledger);
  const rows = chosenRows(tree, depth);
  const shown = columns.filter(({ need }) => width >= need).map(({ column }) => column);
  const taken = shown.reduce((n, c) => n + GAP + c.width, 0);
  const longest = Math.max(LEAST_NAME, ...rows.map((r) => nameOf(r).length));
  const room = Math.max(LEAST_NAME, Math.min(width - taken, MOST_NAME, longest));
  const line = (name: string, cells: readonly string[]): string =>
    [
      fit(name, room).padEnd(room),
      ...cells.map((cell, i) =>
        shown[i]!.align === "right" ? cell.padStart(shown[i]!.width) : cell.padEnd(shown[i]!.width),
      ),
    ]
      .join(" ".repeat(GAP))
      .trimEnd();
  const rule = "─".repeat(Math.min(width, room + taken));
  return [
    line(
      "module",
      shown.map((c) => c.title),
    ),
    rule,
    ...rows.map((row) =>
      line(
        nameOf(row),
        shown.map((c) => c.cell(row.module, tree)),
      ),
    ),
    rule,
    line(
      "total",
      shown.map((c) => (c.align === "left" ? "" : c.cell(tree, tree))),
    ),
  ].join("\n");
}
