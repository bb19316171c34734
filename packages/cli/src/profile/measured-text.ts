/** What was timed, for a reader: percentiles with intervals, throughput, phases, layers, energy. */

import type { Profile } from "@frugal/core/costs";
import {
  type Measurement,
  type PercentileResult,
  type RatioInterval,
  scenarios,
} from "@frugal/core/evaluation";
import { formatTable } from "../app/format.js";
import type { PairMeasurement } from "../measure/index.js";
import { fit, printable, share, short, tiny } from "./amounts.js";
import { wrap } from "./totals-table.js";

const ms = (value: number): string => tiny(value / 1000, "s");

const LABEL = 17;
const row = (label: string, value: string, note = ""): string =>
  `  ${label.padEnd(LABEL)}${value.padStart(9)}${note === "" ? "" : `  ${note}`}`;

const percentileRow = (
  name: string,
  p: PercentileResult,
  { callsPerSample }: Measurement,
): string =>
  "ms" in p
    ? row(name, ms(p.ms), `[${ms(p.low)}, ${ms(p.high)}]`)
    : row(
        name,
        "–",
        callsPerSample > 1
          ? `not estimable: samples are means of ${callsPerSample} calls`
          : `not estimable: needs ${p.needs} samples`,
      );

function phases(m: Measurement): readonly string[] {
  const { peakMemoryBytes: peak, baselineMemoryBytes: base } = m;
  return [
    row("session start", ms(m.sessionStartMs), "apart from the runs"),
    row("first run", ms(m.firstRunMs), "not among the samples"),
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

/** Images of one query, one after the other, then the network: what a saving inside the model is part of. */
function requestParts(m: Measurement): {
  readonly parts: [string, number][];
  readonly all: number;
} {
  const images = scenarios[m.scenario].samplesPerQuery;
  const parts: [string, number][] = [
    ["decoding", images * (m.decodeMs ?? 0)],
    ["preprocessing", images * (m.preprocessMs ?? 0)],
    ["network", m.meanMs],
  ];
  return { parts, all: parts.reduce((sum, [, value]) => sum + value, 0) };
}

function requestRows(m: Measurement): readonly string[] {
  if (m.decodeMs === undefined) return [];
  const { parts, all } = requestParts(m);
  return [
    "",
    "Whole request, session start apart",
    ...parts.map(([name, value]) => row(name, ms(value), share(value, all))),
    row("together", ms(all)),
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
      l.macs === undefined ? "?" : share(l.macs, profile.macs),
    ]),
  ).replace(/^[- ]+$/m, (rule) => "─".repeat(rule.length));
  const isRenamed = layers.some((l) => l.macs === undefined);
  return [
    "",
    table,
    ...(isRenamed
      ? ["(? the runtime fused nodes and gave the result a name that does not tell which)"]
      : []),
    ...(more > 0 ? [`(${more} more layers with less time)`] : []),
  ];
}

const threadsOf = ({ threads }: Measurement): string =>
  `${threads} thread${threads === 1 ? "" : "s"}`;

/** A latency with a queue in it means nothing without the rate of arrivals. */
const serverRows = ({ rate }: Measurement): readonly string[] =>
  rate === undefined
    ? []
    : [
        row(
          "arrivals",
          `${short(rate.perSecond)}/s`,
          `${share(rate.perSecond, rate.capacityPerSecond)} of what it serves one after the other`,
        ),
      ];

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
    percentileRow("p50", p50, m),
    percentileRow("p90", p90, m),
    percentileRow("p95", p95, m),
    percentileRow("p99", p99, m),
    ...serverRows(m),
    ...rates,
    ...phases(m),
    ...energyRows(m, width),
    ...requestRows(m),
    ...layerTable(m, profile),
    ...(m.warnings.length === 0 ? [] : ["", "Warnings"]),
    ...m.warnings.flatMap((text) =>
      wrap(printable(text), width - 4).map((line, i) => `${i === 0 ? "  - " : "    "}${line}`),
    ),
  ].join("\n");
}

function verdict({ low, high }: RatioInterval, [first, second]: readonly string[]): string {
  if (low > 1) return `${second} is faster`;
  return high < 1 ? `${first} is faster` : "the interval holds 1: no difference is shown";
}

/** Two models that took turns: how much faster one is, how sure that is, and what is left of it in a whole request. */
export function pairText(
  pair: PairMeasurement,
  { names, width }: { readonly names: readonly string[]; readonly width: number },
): string {
  const { a, b, ratio, request, rounds } = pair;
  const both = names.map(printable);
  const [first = "", second = ""] = both;
  const ratioRow = (label: string, { median, low, high }: RatioInterval): readonly string[] => [
    row(
      label,
      median.toFixed(3),
      `[${low.toFixed(3)}, ${high.toFixed(3)}], time of ${first} over time of ${second}`,
    ),
  ];
  const decoding = (m: Measurement): number => requestParts(m).parts[0]![1];
  const beside = (m: Measurement): number => requestParts(m).all - m.meanMs;
  return [
    ...wrap(`In turns, ${rounds} rounds: ${a.provider}, ${threadsOf(a)}, batch ${a.batch}`, width),
    row("mean", ms(a.meanMs), first),
    row("mean", ms(b.meanMs), second),
    ...ratioRow("ratio", ratio),
    ...wrap(`  ${verdict(ratio, both)}`, width),
    ...(request === undefined
      ? []
      : [
          "",
          "Whole request, session start apart",
          row("decoding", ms(decoding(a)), "of the image, the same for both"),
          row("preprocessing", ms(beside(a) - decoding(a)), first),
          row("preprocessing", ms(beside(b) - decoding(b)), second),
          row("request", ms(requestParts(a).all), first),
          row("request", ms(requestParts(b).all), second),
          ...ratioRow("ratio", request),
          ...wrap(`  ${verdict(request, both)}`, width),
        ]),
    "",
    row("session start", ms(a.sessionStartMs), first),
    row("session start", ms(b.sessionStartMs), second),
  ].join("\n");
}
