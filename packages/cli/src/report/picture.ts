/** A chart with its legend as a picture of its own: an SVG file that needs no page around it. */

import { styleSheet } from "./style.js";
import { escapeText } from "./svg.js";

export interface PictureParts {
  readonly title: string;
  /** What `chart` gives. */
  readonly chart: string;
  /** What `legend` gives: a list, which becomes rows below the chart. */
  readonly legend: string;
}

const COLUMNS = 3;
const LEFT = 78;
const ROW = 22;

/** Of the style sheet only colours, and what charts are drawn with. */
function drawingStyle(): string {
  const colours = styleSheet.slice(0, styleSheet.indexOf("* {"));
  const drawing = styleSheet
    .split("\n")
    .filter((l) => /^\.(grid|tick|line|whisker|marker|c0|c-plain)\b/.test(l));
  return `${colours}${drawing.join("\n")}`;
}

export function picture({ title, chart, legend }: PictureParts): string {
  const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(chart) ?? []).map(Number);
  const entries = [...legend.matchAll(/<li[^>]*>(<svg[\s\S]*?<\/svg>)([\s\S]*?)<\/li>/g)].map(
    ([, mark, label = ""]) => ({ mark, label: label.replaceAll(/<[^>]+>/g, "").trim() }),
  );
  const cell = (width - LEFT) / COLUMNS;
  const rows = entries.map(({ mark, label }, i) => {
    const x = LEFT + (i % COLUMNS) * cell;
    const y = height + 14 + ROW * Math.floor(i / COLUMNS);
    return `<g transform="translate(${x.toFixed(1)} ${y})">${mark}<text class="tick" x="34" y="12">${label}</text></g>`;
  });
  const total = height + 28 + ROW * Math.ceil(entries.length / COLUMNS);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" role="img" aria-label="${escapeText(title)}">`,
    `<title>${escapeText(title)}</title>`,
    `<style>${drawingStyle()}</style>`,
    `<rect width="${width}" height="${total}" fill="var(--paper)"/>`,
    chart.replace("<svg ", `<svg width="${width}" height="${height}" `),
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}
