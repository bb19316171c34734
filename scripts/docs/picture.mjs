// Writes docs/digits.svg, the picture of the README, from the report of a sweep:
//   npm start && node scripts/docs/picture.mjs runs/sweep-digits-HASH/report.html

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../prepare.mjs";

const [report] = process.argv.slice(2);
if (report === undefined) {
  console.error("usage: node scripts/docs/picture.mjs REPORT.html");
  process.exit(2);
}
const html = readFileSync(report, "utf8");
const between = (text, begin, end) => {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${report} has no ${begin}`);
  return text.slice(from, to + end.length);
};

// Of the style sheet only colours and what charts are drawn with.
const css = between(html, "<style>", "</style>").slice("<style>".length, -"</style>".length);
const colours = css.slice(0, css.indexOf("* {"));
const drawing = css
  .split("\n")
  .filter((l) => /^\.(grid|tick|line|whisker|marker|c0|c-plain)\b/.test(l));
const style = `${colours}${drawing.join("\n")}`;
const panel = between(html, '<section id="panel-executed">', "</section>");
const chart = between(panel, "<svg", "</svg>");
const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(chart).map(Number);

// The legend of the page is a list; here it becomes rows of the picture.
const entries = [...panel.matchAll(/<li[^>]*>(<svg[\s\S]*?<\/svg>)([\s\S]*?)<\/li>/g)].map(
  ([, mark, label]) => ({ mark, label: label.replaceAll(/<[^>]+>/g, "").trim() }),
);
const columns = 3;
const cell = (width - 78) / columns;
const legend = entries.map(({ mark, label }, i) => {
  const [x, y] = [78 + (i % columns) * cell, height + 14 + 22 * Math.floor(i / columns)];
  return `<g transform="translate(${x.toFixed(1)} ${y})">${mark}<text class="tick" x="34" y="12">${label}</text></g>`;
});
const total = height + 28 + 22 * Math.ceil(entries.length / columns);

writeFileSync(
  join(root, "docs", "digits.svg"),
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" role="img" aria-label="Accuracy against executed MACs">`,
    "<title>Accuracy against executed MACs on handwritten digits</title>",
    `<style>${style}</style>`,
    `<rect width="${width}" height="${total}" fill="var(--paper)"/>`,
    chart.replace("<svg ", `<svg width="${width}" height="${height}" `),
    ...legend,
    "</svg>",
    "",
  ].join("\n"),
);
