// Writes docs/digits.svg, the picture of the README, from the report of a sweep:
//   npm start && node scripts/docs/picture.mjs runs/sweep-digits-HASH/report.html

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { picture } from "../../packages/cli/dist/report/picture.js";
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

const panel = between(html, '<section id="panel-executed">', "</section>");
const title = "Accuracy against executed MACs on handwritten digits";
const chart = between(panel, "<svg", "</svg>");
writeFileSync(join(root, "docs", "digits.svg"), picture({ title, chart, legend: panel }));
