/** The other parts of the report: key figures, exits, curves, tables, alarms, settings. */

import { formatAmount, percent } from "../app/format.js";
import type { SweepPoint } from "../sweep/summary.js";
import { chart, legend, type Series, shareBars, toneLegend } from "./chart.js";
import type { ReportData } from "./data.js";
import { htmlTable } from "./html-table.js";
import { escapeText } from "./svg.js";
import { resultColumns, resultRows } from "./table.js";
import { styleOf } from "./tradeoff.js";

const card = (figure: string, words: string): string =>
  `<div class="card"><b>${escapeText(figure)}</b><span>${escapeText(words)}</span></div>`;

const signed = (points: number): string =>
  `${points >= 0 ? "+" : "−"}${Math.abs(points).toFixed(2)} points`;

/** The whole network, then what each budget costs in accuracy by the choice of validation. */
export function cards({ points }: ReportData): string {
  const reference =
    points.find((p) => p.kind === "plain" && p.budget === undefined) ??
    points.find((p) => p.budget === undefined);
  if (!reference) return "";
  const whole = reference.executedMacs.mean;
  const chosen = points.filter((p) => p.isChosen);
  // The whole network first, then less and less.
  const falling = chosen.toSorted((a, b) => b.budget! - a.budget!);
  const each = unique(falling, (p) => p.budget!).map((p) =>
    card(
      percent(p.accuracy.mean, 2),
      `at ${percent(p.executedMacs.mean / whole, 0)} of the MACs (budget ${percent(p.budget!, 0)}), ${signed(100 * (p.accuracy.mean - reference.accuracy.mean))}, ${p.setting}`,
    ),
  );
  const name = reference.kind === "plain" ? "plain network" : "whole network";
  const first = card(percent(reference.accuracy.mean, 2), `${name}, ${formatAmount(whole)} MACs`);
  return `<div class="cards">${[first, ...each].join("")}</div>`;
}

function unique<T>(list: readonly T[], key: (item: T) => unknown): T[] {
  const seen = new Set<unknown>();
  return list.filter((item) => !seen.has(key(item)) && seen.add(key(item)));
}

export function sharesSection({ points, exits }: ReportData): string {
  const bars = points
    .filter((p): p is SweepPoint & { shares: readonly number[] } => p.shares !== undefined)
    .map((p) => ({ name: `${p.setting}, ${percent(p.budget!, 0)}`, shares: p.shares }));
  if (bars.length === 0) return "";
  return `<h2>Where samples leave</h2>
<p class="soft">Share of samples that leave at each exit, for every setting and budget.</p>
<div class="wide">${shareBars(bars, { title: "Exit shares", parts: exits })}</div>${toneLegend(exits)}`;
}

const curveViews = [
  {
    name: "loss",
    label: "validation loss",
    format: (v: number) => String(Number(v.toPrecision(3))),
  },
  {
    name: "accuracy",
    label: "validation accuracy",
    format: (v: number) => `${Number((100 * v).toPrecision(4))} %`,
  },
  {
    name: "expectedCost",
    label: "expected cost, share of the whole",
    format: (v: number) => percent(v, 0),
  },
  {
    name: "policyCost",
    label: "decided cost, share of the whole",
    format: (v: number) => percent(v, 0),
  },
] as const;

export function curvesSection(data: ReportData): string {
  const style = styleOf(data);
  const settings = [...new Set(data.curves.map((c) => c.setting))];
  const figures = curveViews.flatMap(({ name, label, format }) => {
    const single = data.curves.map(
      (curve): Series => ({
        name: `${curve.setting}, seed ${curve.seed}`,
        style: style(curve.setting),
        line: "solid",
        bare: true,
        faint: true,
        points: (curve.values[name] ?? []).map(([x, y]) => ({ x, y, title: "" })),
      }),
    );
    const means = settings
      .map(
        (setting): Series => ({
          name: setting,
          style: style(setting),
          line: "solid",
          bare: true,
          points: meanCurve(
            data.curves.filter((c) => c.setting === setting).map((c) => c.values[name] ?? []),
          ),
        }),
      )
      .map((mean) => (mean.points.length === 1 ? { ...mean, bare: false } : mean));
    if (means.every((s) => s.points.length === 0)) return [];
    const svg = chart({
      title: label,
      description: `${label} over the epochs, one line a setting`,
      x: { label: "epoch", format: (v) => (Number.isInteger(v) ? String(v) : ""), include: [0] },
      y: { label, format, ...(name === "loss" ? {} : { max: 1 }) },
      series: [...(data.seeds > 1 ? single : []), ...means],
      width: 420,
      height: 250,
    });
    return [{ svg, means }];
  });
  if (figures.length === 0) return "";
  return `<h2>Learning curves</h2>
<p class="soft">On validation data, after every epoch${data.seeds > 1 ? "; thick: mean over seeds, thin: each seed" : ""}.</p>
${legend(figures[0]!.means)}<div class="small">${figures.map((f) => `<figure>${f.svg}</figure>`).join("")}</div>`;
}

function meanCurve(curves: readonly (readonly (readonly [number, number])[])[]) {
  const sums = new Map<number, { sum: number; n: number }>();
  for (const [x, y] of curves.flat()) {
    const held = sums.get(x) ?? { sum: 0, n: 0 };
    sums.set(x, { sum: held.sum + y, n: held.n + 1 });
  }
  return [...sums]
    .toSorted(([a], [b]) => a - b)
    .map(([x, { sum, n }]) => ({ x, y: sum / n, title: "" }));
}

export const resultsSection = (data: ReportData): string => `<h2>All operating points</h2>
<p class="soft">Highlighted: the setting with the best validation accuracy at that budget. 1 MAC = 2 FLOPs; both are printed.</p>
${htmlTable(resultColumns(data), resultRows(data))}`;

/** Each exit of each run: accuracy, and whether its confidence means what it says. */
export function exitsSection({ evaluations }: ReportData): string {
  const rows = evaluations.flatMap(({ id, report }) =>
    report.exits.map((e) => ({
      chosen: false,
      cells: [
        id,
        e.name,
        formatAmount(e.macs),
        percent(e.accuracy.value, 2),
        percent(e.ece, 2),
        e.brier.toFixed(4),
        e.nll.toFixed(4),
        e.meanHazard === null ? "–" : e.meanHazard.toFixed(3),
      ],
    })),
  );
  const columns = [
    "run",
    "exit",
    "MACs",
    "accuracy",
    "calibration error",
    "Brier",
    "NLL",
    "mean hazard",
  ];
  return `<h2>Exits and calibration</h2>
<p class="soft">If every sample left there. Calibration error: 15 bins; 0 means that confidence equals accuracy.</p>
<details${rows.length <= 8 ? " open" : ""}><summary>${rows.length} exits</summary>${htmlTable(columns, rows)}</details>`;
}

export function warningsSection({ warnings, failed }: ReportData): string {
  const groups = new Map<string, { message: string; where: string }[]>();
  for (const { id, ...rest } of warnings) groups.set(id, [...(groups.get(id) ?? []), rest]);
  const items = [
    ...failed.map(
      ({ id, reason }) =>
        `<li><code>trial</code> ${escapeText(`${id} did not finish: ${reason}`)}</li>`,
    ),
    ...[...groups].map(([id, list]) => {
      const [first, ...others] = list;
      const more =
        others.length > 0
          ? `<details><summary>and ${others.length} more</summary>${others.map((o) => `<div>${escapeText(`${o.where}: ${o.message}`)}</div>`).join("")}</details>`
          : "";
      return `<li><code>${escapeText(id)}</code> ${escapeText(`${first!.where}: ${first!.message}`)}${more}</li>`;
    }),
  ];
  if (items.length === 0) return "<h2>Health</h2><p>No alarm was raised.</p>";
  return `<h2>Health</h2>
<p class="soft">Alarms of the evaluation: conditions in which numbers like these have misled people.</p>
<ul class="warnings">${items.join("")}</ul>`;
}

export const settingsSection = ({
  settings,
  provenance,
}: ReportData): string => `<h2>Settings and provenance</h2>
<dl>${provenance.map(([k, v]) => `<dt>${escapeText(k)}</dt><dd>${escapeText(v)}</dd>`).join("")}</dl>
<details><summary>the whole recipe, defaults filled in</summary><pre>${escapeText(settings)}</pre></details>`;
