/** What was timed, for a reader: percentiles with intervals, throughput, phases, layers, energy. */

import type { Profile } from "@frugal/core/costs";
import type { Measurement, PercentileResult } from "@frugal/core/evaluation";
import { formatTable } from "../app/format.js";
import type { PairMeasurement } from "../measure/index.js";
import { fit, printable, share, short, tiny } from "./amounts.js";
import { wrap } from "./totals-table.js";

const ms = (value: number): string => tiny(value / 1000, "s");

const LABEL = 17;
const row = (label: string, value: string, note = ""): string =>
  `  ${label.padEnd(LABEL)}${value.padStart(9)}${note === "" ? "" : `  ${note}`}`;

const percentileRow = (name: string, p: PercentileResult): string =>
  "ms" in p
    ? row(name, ms(p.ms), `[${ms(p.low)}, ${ms(p.high)}]`)
    : row(name, "–", `not estimable: needs ${p.needs} samples`);

function phases(m: Measurement): readonly string[] {
  const { peakMemoryBytes: peak, baselineMemoryBytes: base } = m;
  return [
    row("session start", ms(m.sessionStartMs), "apart from the runs"),
    row("first run", ms(m.firstRunMs), "not among the samples"),
    ...(m.decodeMs === undefined ? [] : [row("decoding", ms(m.decodeMs), "of the picture")]),
    ...(m.preprocessMs === undefined ? [] : [row("preprocessing", ms(m.preprocessMs))]),
    ...(peak === undefined
      ? []
      : [
          row(
            "peak memory",
            short(peak, "B"),
            base === undefined
              ? "of the process"
              : `of the process, ${short(base, "B")} before the model`,
          ),
        ]),
  ];
}

function energyRows({ energy }: Measurement, width: number): readonly string[] {
  if (!energy.measured) {
    return wrap(`not measured: ${energy.reason}`, width - LABEL - 4).map(
      (line, i) => `  ${(i === 0 ? "energy" : "").padEnd(LABEL)} ${line}`,
    );
  }
  const words = `a sample; ${energy.method}, ${energy.domain}, ${energy.updates} updates, ${energy.scope}`;
  return [row("energy", tiny(energy.joulesPerSample, "J"), words)];
}

const MOST_LAYERS = 12;

/** Where the time goes, beside where the MACs are: the two seldom agree. */
function layerTable(m: Measurement, profile: Profile): readonly string[] {
  const layers = m.layers?.toSorted((a, b) => b.ms - a.ms).slice(0, MOST_LAYERS) ?? [];
  if (layers.length === 0) return [];
  const macs = new Map<string, number>();
  for (const e of profile.ledger.entries) macs.set(e.path, (macs.get(e.path) ?? 0) + e.macs);
  const more = (m.layers?.length ?? 0) - layers.length;
  const table = formatTable(
    [
      { title: "layer" },
      { title: "time", align: "right" },
      { title: "share", align: "right" },
      { title: "MACs", align: "right" },
    ],
    layers.map((l) => [
      fit(printable(l.path || "(no layer)"), 40),
      ms(l.ms),
      share(l.share, 1),
      // The runtime fuses nodes and names some of them itself: of those no MACs are known.
      macs.has(l.path) ? share(macs.get(l.path)!, profile.macs) : "?",
    ]),
  ).replace(/^[- ]+$/m, (rule) => "─".repeat(rule.length));
  const isRenamed = layers.some((l) => !macs.has(l.path));
  return [
    "",
    table,
    ...(isRenamed ? ["(? the runtime fused nodes and gave the result a name of its own)"] : []),
    ...(more > 0 ? [`(${more} more layers with less time)`] : []),
  ];
}

const threadsOf = ({ threads }: Measurement): string =>
  `${threads} thread${threads === 1 ? "" : "s"}`;

/** The measurement of one model. */
export function measuredText(
  m: Measurement,
  { profile, width }: { readonly profile: Profile; readonly width: number },
): string {
  const warm = `${m.warmup.runs} warm-up runs in ${ms(m.warmup.ms)}${m.warmup.stable ? "" : ", which did not become stable"}`;
  const heading = `Measured: ${m.provider}, ${threadsOf(m)}, batch ${m.batch}, ${m.scenario}; ${m.samples} samples after ${warm}`;
  const { p50, p90, p95, p99 } = m.percentiles;
  const rates = m.throughput.map((t) =>
    row(
      `batch ${t.batch}`,
      `${short(t.perSecond)}/s`,
      m.kneeBatch === t.batch ? "doubling gains less than 5 %" : "",
    ),
  );
  return [
    ...wrap(heading, width),
    row("mean", ms(m.meanMs)),
    percentileRow("p50", p50),
    percentileRow("p90", p90),
    percentileRow("p95", p95),
    percentileRow("p99", p99),
    ...rates,
    ...phases(m),
    ...energyRows(m, width),
    ...layerTable(m, profile),
    ...(m.warnings.length === 0 ? [] : ["", "Warnings"]),
    ...m.warnings.flatMap((text) =>
      wrap(printable(text), width - 4).map((line, i) => `${i === 0 ? "  - " : "    "}${line}`),
    ),
  ].join("\n");
}

/** Two models that took turns: how much faster one is, and how sure that is. */
export function pairText(
  { a, b, ratio, rounds }: PairMeasurement,
  { names, width }: { readonly names: readonly string[]; readonly width: number },
): string {
  const [first = "", second = ""] = names.map(printable);
  const [low, high, median] = [ratio.low, ratio.high, ratio.median].map((r) => r.toFixed(3));
  const verdict =
    ratio.low > 1
      ? `${second} is faster`
      : ratio.high < 1
        ? `${first} is faster`
        : "the interval holds 1: no difference is shown";
  return [
    ...wrap(`In turns, ${rounds} rounds: ${a.provider}, ${threadsOf(a)}, batch ${a.batch}`, width),
    row("mean", ms(a.meanMs), first),
    row("mean", ms(b.meanMs), second),
    row("ratio", `${median}`, `[${low}, ${high}], time of ${first} over time of ${second}`),
    ...wrap(`  ${verdict}`, width),
  ].join("\n");
}
