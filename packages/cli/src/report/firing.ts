/** What fires in the networks of a report: by layer, by kind of layer, and the energy that a zero-skipping accelerator spends. */

import type { FiringEvaluation } from "@frugal/core/evaluation";
import { percent } from "../app/format.js";
import { type Estimate, estimate } from "../sweep/summary.js";
import { type ChartPoint, chart, legend, type Series } from "./chart.js";
import { htmlTable } from "./html-table.js";

/** What was counted of one trial. */
export interface CountedTrial {
  readonly setting: string;
  readonly seed: number;
  readonly found: FiringEvaluation;
}

interface Setting {
  readonly name: string;
  readonly style: Series["style"];
  readonly trials: readonly FiringEvaluation[];
}

/** Trials of the same network by setting, the plain one first. */
function settingsOf(counted: readonly CountedTrial[]): Setting[] {
  const names = [...new Set(counted.map((c) => c.setting))];
  const isPlain = (name: string) => name === "plain";
  const ordered = [...names.filter(isPlain), ...names.filter((name) => !isPlain(name))];
  const numbered = ordered.filter((name) => !isPlain(name));
  return ordered.map((name) => ({
    name,
    style: isPlain(name) ? "plain" : numbered.indexOf(name),
    trials: counted.filter((c) => c.setting === name).map((c) => c.found),
  }));
}

const whiskers = ({ low, high }: Estimate) =>
  low === undefined || high === undefined ? {} : { low: Math.max(0, low), high: Math.min(1, high) };

const whole = (value: number): string => `${Number((100 * value).toPrecision(3))} %`;

/** A point for every layer: where in the network values are zero. */
export function layerChart(counted: readonly CountedTrial[]): string {
  const series = settingsOf(counted).map(({ name, style, trials }): Series => {
    const points = trials[0]!.firing.layers.map(({ id, kind }, k): ChartPoint => {
      const share = estimate(trials.map((t) => t.firing.layers[k]!.share));
      const title = `${name}\n${id} (${kind})\n${percent(share.mean)} not zero`;
      return { x: k + 1, y: share.mean, title, ...whiskers(share) };
    });
    return { name, style, line: "solid", points };
  });
  const svg = chart({
    title: "Share of values that are not zero, layer by layer",
    description: "One point a layer, from the input to the output, one line a setting.",
    x: { label: "layer, in order", format: (v) => (Number.isInteger(v) ? String(v) : "") },
    y: { label: "not zero", format: whole, include: [0], max: 1 },
    series,
  });
  return svg + legend(series);
}

const kindsOf = (settings: readonly Setting[]): string[] =>
  Object.keys(settings[0]?.trials[0]?.firing.byKind ?? {});

const shareOf = ({ trials }: Setting, kind: string): Estimate =>
  estimate(trials.map((t) => t.firing.byKind[kind as "conv"]!.share));

/** Kinds of layers side by side, settings beside each other within a kind. */
export function kindChart(counted: readonly CountedTrial[]): string {
  const settings = settingsOf(counted);
  const kinds = kindsOf(settings);
  const step = Math.min(0.12, 0.7 / settings.length);
  const series = settings.map((setting, i): Series => {
    const shift = (i - (settings.length - 1) / 2) * step;
    const points = kinds.map((kind, k): ChartPoint => {
      const share = shareOf(setting, kind);
      const title = `${setting.name}, ${kind}: ${percent(share.mean)} not zero`;
      return { x: k + 1 + shift, y: share.mean, title, ...whiskers(share) };
    });
    return { name: setting.name, style: setting.style, points };
  });
  const svg = chart({
    title: "Share of values that are not zero, by kind of layer",
    description: "Kinds of layers from left to right, one marker a setting.",
    x: {
      label: "kind of layer",
      format: (v) => (Number.isInteger(v) ? (kinds[v - 1] ?? "") : ""),
      include: [0, kinds.length + 1],
    },
    y: { label: "not zero", format: whole, include: [0], max: 1 },
    series,
  });
  return svg + legend(series);
}

const interval = ({ mean, low, high }: Estimate): string =>
  low === undefined || high === undefined
    ? percent(mean, 2)
    : `${(100 * mean).toFixed(2)} ± ${(50 * (high - low)).toFixed(2)} %`;

function energyTable(settings: readonly Setting[]): string {
  const kinds = kindsOf(settings);
  const plain = settings.find((s) => s.style === "plain");
  const ratio = ({ trials }: Setting, mode: "reference" | "corrected") =>
    estimate(trials.map((t) => t.energy[mode].ratio));
  const below = (setting: Setting, mode: "reference" | "corrected"): string =>
    plain && setting !== plain
      ? percent(1 - ratio(setting, mode).mean / ratio(plain, mode).mean)
      : "–";
  const rows = settings.map((setting) => ({
    chosen: false,
    cells: [
      setting.name,
      ...kinds.map((kind) => percent(shareOf(setting, kind).mean)),
      interval(ratio(setting, "reference")),
      below(setting, "reference"),
      interval(ratio(setting, "corrected")),
      below(setting, "corrected"),
    ],
  }));
  const columns = [
    "setting",
    ...kinds,
    "energy, as published",
    "below plain",
    "energy, corrected",
    "below plain",
  ];
  return htmlTable(columns, rows);
}

/** Empty where nothing was counted. */
export function firingSection({ firing }: { readonly firing: readonly CountedTrial[] }): string {
  if (firing.length === 0) return "";
  const settings = settingsOf(firing);
  const { reference } = settings[0]!.trials[0]!.energy;
  return `<h2>What fires</h2>
<p class="soft">Share of values that are not exactly zero, counted on every sample; whiskers: 95 % interval over seeds.</p>
<div class="wide">${kindChart(firing)}</div><div class="wide">${layerChart(firing)}</div>
<p class="soft">Simulated energy of an accelerator that skips zeros, as a share of the same one without skipping: as published (batch ${reference.batchSize}, one skipping share for the whole network, nothing fused) and corrected (batch 1, layer by layer, fused, additions counted).</p>
${energyTable(settings)}`;
}
