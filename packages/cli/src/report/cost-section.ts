/** The part of the report about costs and their prices: learning curves, and who pulls at which block. */

import { percent } from "../app/format.js";
import { chart, legend, type Series } from "./chart.js";
import type { CostCurve, CostCurves, CurvePoints } from "./cost-curves.js";
import { htmlTable } from "./html-table.js";

const three = (v: number): string => (Number.isFinite(v) ? String(Number(v.toPrecision(3))) : "∞");

const line = (name: string, points: CurvePoints, look: Pick<Series, "style" | "line">): Series => ({
  name,
  ...look,
  bare: points.length > 1,
  points: points.map(([x, y]) => ({ x, y, title: `epoch ${x}: ${three(y)}` })),
});

const epochs = {
  label: "epoch",
  format: (v: number) => (Number.isInteger(v) ? String(v) : ""),
  include: [0],
};
const size = { width: 420, height: 250 };

/** Soft dashed, hard solid, the limit in grey. */
function costChart({ name, soft, hard, limit }: CostCurve, style: number): string {
  const last = Math.max(...soft.map(([epoch]) => epoch));
  const bound: CurvePoints =
    limit === undefined
      ? []
      : [
          [0, limit],
          [last, limit],
        ];
  const series = [
    line("soft", soft, { style, line: "dashed" }),
    line("hard", hard, { style, line: "solid" }),
    line("limit", bound, { style: "muted", line: "dotted" }),
  ].filter((s) => s.points.length > 0);
  const title = `cost ${name}`.trim();
  const svg = chart({
    title,
    description: `${title} over the epochs, as a share of the whole network`,
    x: epochs,
    y: { label: `${title}, share of the whole`, format: (v) => percent(v, 0), include: [0] },
    series,
    ...size,
  });
  return `<figure>${legend(series)}${svg}</figure>`;
}

function priceChart(costs: readonly CostCurve[]): string {
  const series = costs
    .map(({ name, lambda }, i) => line(name || "lambda", lambda, { style: i, line: "solid" }))
    .filter((s) => s.points.length > 0);
  if (series.length === 0) return "";
  const svg = chart({
    title: "lambda",
    description: "the price of each cost over the epochs",
    x: epochs,
    y: { label: "lambda", format: three, include: [0] },
    series,
    ...size,
  });
  return `<figure>${legend(series)}${svg}</figure>`;
}

function pressureTable({ epoch, rows }: NonNullable<CostCurves["pressure"]>): string {
  const names = [...new Set(rows.flatMap((r) => Object.keys(r.costs)))];
  const columns = ["block", "task", ...names.flatMap((n) => [n, `${n} / task`])];
  const cells = rows.map((r) => ({
    chosen: false,
    cells: [
      r.block,
      three(r.task),
      ...names.flatMap((n) => [three(r.costs[n]?.norm ?? 0), three(r.costs[n]?.ratio ?? 0)]),
    ],
  }));
  return `<h3>Gradient pressure</h3>
<p class="soft">Norm of the gradient of the task and of each priced cost over the parameters of a block, after epoch ${epoch}.</p>
${htmlTable(columns, cells)}`;
}

/** Empty where the run had no costs. */
export function costSection(curves: CostCurves | undefined): string {
  if (!curves) return "";
  const { costs, pressure } = curves;
  return `<h2>Costs and their prices</h2>
<p class="soft">While training. Soft: what the weights see; hard: by the decisions as they are taken.</p>
<div class="small">${costs.map(costChart).join("")}${priceChart(costs)}</div>${pressure ? pressureTable(pressure) : ""}`;
}
