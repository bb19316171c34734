/** A model as a treemap: the area of a module is its share of a chosen indicator. */

import { element, escapeText } from "../../report/svg.js";
import { fit, share, short } from "../amounts.js";
import { type Module, together } from "../tree.js";
import { type Box, squarify } from "./squarify.js";

export interface Indicator {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly value: (module: Module) => number;
}

export const indicators: readonly Indicator[] = [
  { id: "macs", title: "MACs", unit: "", value: (m) => m.macs },
  { id: "parameters", title: "parameters", unit: "", value: (m) => m.parameters },
  { id: "bytes", title: "bytes moved", unit: "B", value: (m) => m.bytesMoved },
  { id: "activations", title: "activations", unit: "", value: (m) => m.activations },
  { id: "other", title: "other operations", unit: "", value: (m) => m.otherOps },
];

const WIDTH = 1072;
const HEIGHT = 440;
const DEEPEST = 4;
const HEADER = 17;
/** Width of a character of the labels, about; they are cut, never squeezed. */
const LETTER = 6.6;
const COLOURS = 7;

interface Cell {
  readonly module: Module;
  readonly box: Box;
  /** Undefined: holds nearly everything, its parts have the colours. */
  readonly colour: number | undefined;
  readonly level: number;
}

const inner = ({ x, y, width, height }: Box, header: number): Box => ({
  x: x + 1,
  y: y + header,
  width: width - 2,
  height: height - header - 1,
});

/** Boxes of one level; an eye tells no more of them apart. */
const MOST_BOXES = 600;

/** The parts of a module that have any, largest first; beyond what a page can show the small ones share a box. */
function largest(parent: Module, value: Indicator["value"]): readonly Module[] {
  const parts = parent.children.filter((m) => value(m) > 0).toSorted((a, b) => value(b) - value(a));
  if (parts.length <= MOST_BOXES) return parts;
  const rest = parts.slice(MOST_BOXES - 1);
  return [...parts.slice(0, MOST_BOXES - 1), together(rest)];
}

/** Boxes from the outside in; parts of small boxes are left out, their own box stands for them. */
function cellsOf(
  parent: Module,
  place: { readonly box: Box; readonly level: number; readonly colour?: number },
  value: Indicator["value"],
): readonly Cell[] {
  const { box, level } = place;
  const parts = largest(parent, value);
  const boxes = squarify(parts.map(value), box);
  return parts.flatMap((module, i) => {
    const own = boxes[i]!;
    const isNearlyAll =
      level < 2 && module.children.length > 1 && 2 * value(module) > value(parent);
    const colour = place.colour ?? (isNearlyAll ? undefined : i);
    const cell = { module, box: own, colour, level };
    const divides =
      level + 1 < DEEPEST && module.children.length > 0 && own.width > 44 && own.height > 40;
    if (!divides) return [cell];
    const box = inner(own, HEADER);
    const next = { box, level: level + 1, ...(colour === undefined ? {} : { colour }) };
    return [cell, ...cellsOf(module, next, value)];
  });
}

const fullName = ({ path, name }: Module): string =>
  name.startsWith("(") && path !== "" ? `${path} ${name}` : path || name || "(model)";

function draw(cell: Cell, total: Module, indicator: Indicator): string {
  const { module, box, colour, level } = cell;
  const { x, y, width, height } = box;
  // Nobody sees a hairline, and a page of twenty thousand nodes has many.
  if (width < 1.5 || height < 1.5) return "";
  const amount = indicator.value(module);
  const words = `${short(amount, indicator.unit)}, ${share(amount, indicator.value(total))}`;
  const room = Math.floor((width - 8) / LETTER);
  const fits = room >= 3 && height >= 14;
  const name = module.name || "(model)";
  const amountFits = name.length + 2 + words.length <= room;
  const label =
    escapeText(fit(name, Math.max(1, room))) +
    (amountFits ? element("tspan", { dx: 8, "fill-opacity": 0.8 }, escapeText(words)) : "");
  return element(
    "g",
    { class: `cell ${colour === undefined ? "frame" : `m${colour % COLOURS}`} l${level}` },
    element("title", {}, escapeText(`${fullName(module)}\n${words} of ${indicator.title}`)),
    element("rect", { x, y, width, height, rx: 2 }),
    fits ? element("text", { x: x + 4, y: y + 12.5 }, label) : "",
  );
}

/** The treemap of one indicator, or a sentence where there is nothing to divide. */
export function treemap(tree: Module, indicator: Indicator): string {
  const total = indicator.value(tree);
  if (total === 0) return `<p class="soft">This model has no ${escapeText(indicator.title)}.</p>`;
  const box = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  const cells = cellsOf(tree, { box, level: 0 }, indicator.value);
  return element(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "chart treemap" },
    element("title", {}, escapeText(`Treemap of ${indicator.title}`)),
    element(
      "desc",
      {},
      escapeText(`${short(total, indicator.unit)} ${indicator.title}, divided by module.`),
    ),
    ...cells.map((cell) => draw(cell, tree, indicator)),
  );
}
