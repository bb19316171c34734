/** Charts as inline SVG: points with intervals and lines. Colours come from the page, so that they follow its theme. */

import { element, escapeText, extent, linearScale, type Scale } from "./svg.js";

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** Ends of the interval of y. */
  readonly low?: number;
  readonly high?: number;
  /** What a pointer resting on the point shows. */
  readonly title: string;
  /** Drawn as an outline: dominated points. */
  readonly hollow?: boolean;
}

export type LineStyle = "solid" | "dashed" | "dotted" | "none";

export interface Series {
  readonly name: string;
  /** Number of the colour and marker; "plain" and "muted" stand apart from the numbered ones. */
  readonly style: number | "plain" | "muted" | "front";
  readonly points: readonly ChartPoint[];
  readonly line?: LineStyle;
  /** Lines without markers. */
  readonly bare?: boolean;
  /** Goes right, then up: a front promises nothing between its points. */
  readonly stairs?: boolean;
  /** Thin and light: single seeds. */
  readonly faint?: boolean;
}

export interface Axis {
  readonly label: string;
  readonly format: (value: number) => string;
  /** Values that have to be in the picture. */
  readonly include?: readonly number[];
  /** Nothing lies beyond: the scale ends here, whatever an interval says. */
  readonly max?: number;
}

export interface ChartOptions {
  readonly title: string;
  /** For those who cannot see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly width?: number;
  readonly height?: number;
}

export const STYLES = 7;
const classOf = (style: Series["style"]): string =>
  typeof style === "number" ? `c${style % STYLES}` : `c-${style}`;

const dashes: Readonly<Record<LineStyle, string | undefined>> = {
  solid: undefined,
  dashed: "7 4",
  dotted: "1.5 4",
  none: undefined,
};

/** Shapes as well as colours tell the series apart. */
const shapes: readonly ((x: number, y: number, r: number) => string)[] = [
  (x, y, r) => `M${x - r},${y}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0`,
  (x, y, r) => `M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
  (x, y, r) => `M${x},${y - 1.35 * r}l${1.25 * r},${2.2 * r}h${-2.5 * r}z`,
  (x, y, r) =>
    `M${x},${y - 1.4 * r}l${1.4 * r},${1.4 * r}l${-1.4 * r},${1.4 * r}l${-1.4 * r},${-1.4 * r}z`,
  (x, y, r) => `M${x},${y + 1.35 * r}l${1.25 * r},${-2.2 * r}h${-2.5 * r}z`,
  (x, y, r) =>
    `M${x - 1.2 * r},${y - 0.45 * r}h${0.75 * r}v${-0.75 * r}h${0.9 * r}v${0.75 * r}h${0.75 * r}v${0.9 * r}h${-0.75 * r}v${0.75 * r}h${-0.9 * r}v${-0.75 * r}h${-0.75 * r}z`,
  (x, y, r) =>
    `M${x},${y - 1.3 * r}l${1.25 * r},${0.9 * r}l${-0.5 * r},${1.5 * r}h${-1.5 * r}l${-0.5 * r},${-1.5 * r}z`,
];
const star = (x: number, y: number, r: number): string =>
  Array.from({ length: 10 }, (_, i) => {
    const radius = i % 2 === 0 ? 1.6 * r : 0.7 * r;
    const angle = (Math.PI * i) / 5 - Math.PI / 2;
    return `${i === 0 ? "M" : "L"}${(x + radius * Math.cos(angle)).toFixed(2)},${(y + radius * Math.sin(angle)).toFixed(2)}`;
  })
    .join("")
    .concat("z");

const round = (value: number): number => Math.round(value * 100) / 100;

function markerPath(style: Series["style"], x: number, y: number, r: number): string {
  if (style === "plain") return star(round(x), round(y), r);
  return shapes[typeof style === "number" ? style % STYLES : 0]!(round(x), round(y), r);
}

/** A chart with axes, drawn from the back: grid, lines, intervals, markers. */
export function chart(options: ChartOptions): string {
  const { title, description, x, y, series, width = 760, height = 400 } = options;
  const box = { left: 78, right: width - 18, top: 14, bottom: height - 50 };
  const points = series.flatMap((s) => s.points);
  const xs = extent([...points.map((p) => p.x), ...(x.include ?? [])]);
  const top = y.max ?? Number.POSITIVE_INFINITY;
  const ys = extent([
    ...points.flatMap((p) => [p.y, p.low ?? p.y, Math.min(top, p.high ?? p.y)]),
    ...(y.include ?? []),
  ]);
  const toX = linearScale(xs, [box.left, box.right], { count: width > 500 ? 7 : 4 });
  const toY = linearScale(ys, [box.bottom, box.top], { count: 5, max: top });
  return element(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", class: "chart" },
    element("title", {}, escapeText(title)),
    element("desc", {}, escapeText(description)),
    axes({ x, y }, { toX, toY, box, width, height }),
    ...series.map((s) => line(s, { toX, toY })),
    ...series.map((s) => markers(s, { toX, toY, top })),
  );
}

interface Place {
  readonly toX: Scale;
  readonly toY: Scale;
}

function axes(
  { x, y }: Pick<ChartOptions, "x" | "y">,
  frame: Place & {
    readonly box: { left: number; right: number; top: number; bottom: number };
    readonly width: number;
    readonly height: number;
  },
): string {
  const { toX, toY, box, height } = frame;
  const middleY = (box.top + box.bottom) / 2;
  return [
    ...toY.ticks.map((t) =>
      element("line", { class: "grid", x1: box.left, x2: box.right, y1: toY(t), y2: toY(t) }),
    ),
    ...toX.ticks.map((t) =>
      element("line", { class: "grid", x1: toX(t), x2: toX(t), y1: box.top, y2: box.bottom }),
    ),
    element("line", { class: "axis", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom }),
    ...toY.ticks.map((t) =>
      element(
        "text",
        { class: "tick", x: box.left - 8, y: toY(t) + 4, "text-anchor": "end" },
        escapeText(y.format(t)),
      ),
    ),
    ...toX.ticks.map((t) =>
      element(
        "text",
        { class: "tick", x: toX(t), y: box.bottom + 18, "text-anchor": "middle" },
        escapeText(x.format(t)),
      ),
    ),
    element(
      "text",
      { class: "label", x: (box.left + box.right) / 2, y: height - 8, "text-anchor": "middle" },
      escapeText(x.label),
    ),
    element(
      "text",
      {
        class: "label",
        x: 12,
        y: middleY,
        "text-anchor": "middle",
        transform: `rotate(-90 12 ${round(middleY)})`,
      },
      escapeText(y.label),
    ),
  ].join("");
}

function line(series: Series, { toX, toY }: Place): string {
  const { points, line: style = "none", stairs = false, faint = false } = series;
  if (style === "none" || points.length < 2) return "";
  const path = points
    .map((p, i) => {
      const [px, py] = [round(toX(p.x)), round(toY(p.y))];
      if (i === 0) return `M${px},${py}`;
      return stairs ? `H${px}V${py}` : `L${px},${py}`;
    })
    .join("");
  return element("path", {
    class: `line ${classOf(series.style)}${faint ? " faint" : ""}`,
    d: path,
    "stroke-dasharray": dashes[style],
  });
}

function markers(series: Series, { toX, toY, top }: Place & { readonly top: number }): string {
  if (series.bare) return "";
  const kind = classOf(series.style);
  return series.points
    .map(({ x, y, low, high, title, hollow }) => {
      const [px, py] = [toX(x), toY(y)];
      const whisker =
        low === undefined || high === undefined
          ? ""
          : element("path", {
              class: `whisker ${kind}`,
              d: `M${round(px)},${round(toY(low))}V${round(toY(Math.min(top, high)))}M${round(px - 4)},${round(toY(low))}h8M${round(px - 4)},${round(toY(Math.min(top, high)))}h8`,
            });
      const marker = element("path", {
        class: `marker ${kind}${hollow ? " hollow" : ""}`,
        d: markerPath(series.style, px, py, 4.5),
      });
      return element("g", {}, element("title", {}, escapeText(title)), whisker, marker);
    })
    .join("");
}

/** A swatch of each series for the words beside it. */
export function legend(series: readonly Series[]): string {
  const items = series
    .filter((s) => s.points.length > 0 && !s.faint)
    .map((s) => {
      const kind = classOf(s.style);
      const parts = [
        s.line && s.line !== "none"
          ? element("path", {
              class: `line ${kind}`,
              d: "M1,8H27",
              "stroke-dasharray": dashes[s.line],
            })
          : "",
        s.bare
          ? ""
          : element("path", { class: `marker ${kind}`, d: markerPath(s.style, 14, 8, 4.5) }),
      ];
      const swatch = element(
        "svg",
        { width: 28, height: 16, viewBox: "0 0 28 16", "aria-hidden": "true" },
        ...parts,
      );
      return `<li>${swatch}${escapeText(s.name)}</li>`;
    });
  return `<ul class="legend">${items.join("")}</ul>`;
}

export interface Bar {
  readonly name: string;
  /** Shares that add up to one. */
  readonly shares: readonly number[];
}

/** Horizontal bars of shares, one colour step a part, with the share written where there is room. */
export function shareBars(
  bars: readonly Bar[],
  options: { readonly title: string; readonly parts: readonly string[] },
): string {
  const width = 760;
  const left = 150;
  const rowHeight = 26;
  const height = bars.length * rowHeight + 8;
  const full = width - left - 8;
  const rows = bars.map(({ name, shares }, i) => {
    const y = 4 + i * rowHeight;
    let x = left;
    const parts = shares.map((share, k) => {
      const w = share * full;
      const text = `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
      const tone = toneOf(k, shares.length);
      const part = element(
        "g",
        {},
        element("title", {}, escapeText(`${name}: ${text} leave at ${options.parts[k]}`)),
        element("rect", {
          class: `tone${tone}`,
          x,
          y,
          width: Math.max(0, w),
          height: rowHeight - 6,
          rx: 2,
        }),
        w > 44
          ? element(
              "text",
              { class: `on${tone}`, x: x + w / 2, y: y + 14.5, "text-anchor": "middle" },
              text,
            )
          : "",
      );
      x += w;
      return part;
    });
    const label = element(
      "text",
      { class: "tick", x: left - 8, y: y + 14.5, "text-anchor": "end" },
      escapeText(name),
    );
    return label + parts.join("");
  });
  return element(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", class: "chart" },
    element("title", {}, escapeText(options.title)),
    ...rows,
  );
}

/** Tones 0 (light, early) to 4 (dark, late). */
export const toneOf = (k: number, count: number): number =>
  count < 2 ? 4 : Math.round((4 * k) / (count - 1));

export function toneLegend(parts: readonly string[]): string {
  const items = parts.map((name, k) => {
    const rect = element("rect", {
      class: `tone${toneOf(k, parts.length)}`,
      width: 16,
      height: 12,
      y: 2,
      rx: 2,
    });
    const swatch = element("svg", { width: 18, height: 16, "aria-hidden": "true" }, rect);
    return `<li>${swatch}${escapeText(name)}</li>`;
  });
  return `<ul class="legend">${items.join("")}</ul>`;
}
