/**
 * The roofline of a device with the layers of a model under it: S. Williams, A. Waterman and D. Patterson, Roofline, 2009.
 * Attainable MACs a second = min(peak, intensity * bandwidth).
 */

import type { Device } from "@frugal/core/costs";
import { element, escapeText } from "../../report/svg.js";
import { share, short } from "../amounts.js";
import type { Module } from "../tree.js";

/** What of a device bounds a layer. */
export type Roof = Pick<Device, "name" | "peakMacsPerSecond" | "bytesPerSecond">;

export interface RooflinePoint {
  readonly name: string;
  readonly macs: number;
  readonly bytesMoved: number;
}

/** Modules without parts, which multiply. */
export function rooflinePoints(tree: Module): readonly RooflinePoint[] {
  const found: RooflinePoint[] = [];
  const visit = (m: Module): void => {
    m.children.forEach(visit);
    if (m.children.length === 0 && m.macs > 0 && m.bytesMoved > 0) {
      found.push({ name: m.path || m.name, macs: m.macs, bytesMoved: m.bytesMoved });
    }
  };
  visit(tree);
  return found;
}

/** Seconds that the roof allows: the slower of arithmetic and traffic. */
const secondsUnder = (p: RooflinePoint, roof: Roof): number =>
  Math.max(p.macs / roof.peakMacsPerSecond, p.bytesMoved / roof.bytesPerSecond);

const WIDTH = 1072;
const HEIGHT = 400;
const frame = { left: 84, right: WIDTH - 20, top: 18, bottom: HEIGHT - 50 };

const decades = (low: number, high: number): readonly number[] =>
  Array.from({ length: high - low + 1 }, (_, i) => low + i);

/** 10 ** n for a reader: 0.01, 1, 10 k. */
const power = (n: number): string => (n < 0 ? String(10 ** n) : short(10 ** n));

/** Layers on their intensities, as high as the roof lets them; the area of a point is its share of the time. */
export function roofline(points: readonly RooflinePoint[], roof: Roof): string {
  const { peakMacsPerSecond: peak, bytesPerSecond: bandwidth } = roof;
  const ridge = peak / bandwidth;
  const intensities = [...points.map((p) => p.macs / p.bytesMoved), ridge];
  const [lowX, highX] = [
    Math.floor(Math.log10(Math.min(...intensities)) - 0.1),
    Math.ceil(Math.log10(Math.max(...intensities)) + 0.1),
  ];
  const attainable = (intensity: number): number => Math.min(peak, intensity * bandwidth);
  const lowY = Math.floor(Math.log10(attainable(Math.min(...intensities))));
  const highY = Math.ceil(Math.log10(peak) + 0.05);
  const toX = (v: number): number =>
    frame.left + ((Math.log10(v) - lowX) / (highX - lowX)) * (frame.right - frame.left);
  const toY = (v: number): number =>
    frame.bottom - ((Math.log10(v) - lowY) / (highY - lowY)) * (frame.bottom - frame.top);
  const seconds = points.map((p) => secondsUnder(p, roof));
  const all = seconds.reduce((a, b) => a + b, 0);
  const startX = Math.max(10 ** lowX, 10 ** lowY / bandwidth);
  const line = [
    [startX, attainable(startX)],
    [ridge, peak],
    [10 ** highX, peak],
  ].map(([x, y]) => `${toX(x!).toFixed(2)},${toY(y!).toFixed(2)}`);
  return element(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "chart roofline" },
    element("title", {}, escapeText(`Roofline of ${roof.name}`)),
    element(
      "desc",
      {},
      escapeText(
        `Peak ${short(peak, "MACs/s")}, ${short(bandwidth, "B/s")}; they meet at ${Number(ridge.toPrecision(3))} MACs for each byte.`,
      ),
    ),
    ...decades(lowY, highY).map((n) => grid(toY(10 ** n), power(n), "y")),
    ...decades(lowX, highX).map((n) => grid(toX(10 ** n), power(n), "x")),
    label((frame.left + frame.right) / 2, HEIGHT - 10, "MACs for each byte moved"),
    element(
      "text",
      { class: "label", x: 16, y: 200, "text-anchor": "middle", transform: "rotate(-90 16 200)" },
      "MACs a second",
    ),
    element("polyline", { class: "roof", points: line.join(" ") }),
    ...mostTime(seconds).map((i) => {
      const p = points[i]!;
      const y = attainable(p.macs / p.bytesMoved);
      return point(p, { toX, toY, y, part: seconds[i]! / all });
    }),
    element(
      "text",
      { class: "tick", x: frame.left + 10, y: frame.top + 14 },
      escapeText(`${roof.name}: ${short(peak, "MACs/s")}, ${short(bandwidth, "B/s")}`),
    ),
  );
}

/** Points that a page still shows quickly. */
const MOST_POINTS = 1000;

/** Positions of the points to draw, in order: all, or those with the most time. */
function mostTime(seconds: readonly number[]): readonly number[] {
  const all = seconds.map((_, i) => i);
  if (all.length <= MOST_POINTS) return all;
  const most = all.toSorted((a, b) => seconds[b]! - seconds[a]!).slice(0, MOST_POINTS);
  return most.sort((a, b) => a - b);
}

function grid(at: number, text: string, axis: "x" | "y"): string {
  const isY = axis === "y";
  return (
    element("line", {
      class: "grid",
      x1: isY ? frame.left : at,
      x2: isY ? frame.right : at,
      y1: isY ? at : frame.top,
      y2: isY ? at : frame.bottom,
    }) +
    element(
      "text",
      isY
        ? { class: "tick", x: frame.left - 8, y: at + 4, "text-anchor": "end" }
        : { class: "tick", x: at, y: frame.bottom + 18, "text-anchor": "middle" },
      escapeText(text),
    )
  );
}

const label = (x: number, y: number, text: string): string =>
  element("text", { class: "label", x, y, "text-anchor": "middle" }, escapeText(text));

function point(
  p: RooflinePoint,
  at: {
    readonly toX: (v: number) => number;
    readonly toY: (v: number) => number;
    readonly y: number;
    readonly part: number;
  },
): string {
  const intensity = p.macs / p.bytesMoved;
  const words = `${p.name}\n${short(p.macs)} MACs, ${short(p.bytesMoved, "B")}, ${Number(intensity.toPrecision(3))} MACs for each byte\n${share(at.part, 1)} of the time under the roof`;
  return element(
    "g",
    {},
    element("title", {}, escapeText(words)),
    element("circle", {
      class: "layer",
      cx: at.toX(intensity),
      cy: at.toY(at.y),
      r: 3 + 22 * Math.sqrt(at.part),
    }),
  );
}
