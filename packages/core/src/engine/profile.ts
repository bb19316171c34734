/** Views of a profiled run: where the time of a step goes, per op and per layer, as text and as a Chrome trace. */

import type { NodeTime } from "./types.js";

export interface TimeGroup {
  readonly name: string;
  readonly calls: number;
  readonly totalUs: number;
  /** Share of the time of all nodes. */
  readonly share: number;
}

/**
 * Total time per group, the largest first.
 *
 * @example
 * const time = { phase: "forward", path: "conv1", op: "Conv", kernel: "Conv", startUs: 0, durationUs: 30 };
 * groupTimes([time, time], (t) => `${t.phase} ${t.op}`)
 * // [{ name: "forward Conv", calls: 2, totalUs: 60, share: 1 }]
 */
export function groupTimes(
  times: readonly NodeTime[],
  nameOf: (time: NodeTime) => string,
): TimeGroup[] {
  const all = times.reduce((sum, t) => sum + t.durationUs, 0);
  const groups = new Map<string, { calls: number; totalUs: number }>();
  for (const time of times) {
    const name = nameOf(time);
    const group = groups.get(name) ?? { calls: 0, totalUs: 0 };
    groups.set(name, { calls: group.calls + 1, totalUs: group.totalUs + time.durationUs });
  }
  return [...groups]
    .map(([name, g]) => ({ name, ...g, share: all === 0 ? 0 : g.totalUs / all }))
    .sort((a, b) => b.totalUs - a.totalUs);
}

function table(title: string, groups: readonly TimeGroup[], runs: number, rows: number): string[] {
  const shown = groups.slice(0, rows);
  const rest = groups.slice(rows);
  const width = Math.max(title.length, ...shown.map((g) => g.name.length));
  const line = (name: string, ms: number, share: number, calls: number) =>
    `${name.padEnd(width)}  ${(ms / runs).toFixed(3).padStart(9)}  ${(100 * share).toFixed(1).padStart(5)} %  ${String(Math.round(calls / runs)).padStart(6)}`;
  return [
    `${title.padEnd(width)}  ${"ms / step".padStart(9)}  ${"share".padStart(7)}  ${"calls".padStart(6)}`,
    ...shown.map((g) => line(g.name, g.totalUs / 1000, g.share, g.calls)),
    ...(rest.length > 0
      ? [
          line(
            `${rest.length} more`,
            rest.reduce((s, g) => s + g.totalUs, 0) / 1000,
            rest.reduce((s, g) => s + g.share, 0),
            rest.reduce((s, g) => s + g.calls, 0),
          ),
        ]
      : []),
  ];
}

/**
 * Three tables for a terminal: per phase and op, per layer, per kernel of the runtime.
 *
 * @example
 * const time = { phase: "forward", path: "conv1", op: "Conv", kernel: "Conv", startUs: 0, durationUs: 30 };
 * formatProfile([time], { runs: 1 }).includes("Conv") // true
 */
export function formatProfile(
  times: readonly NodeTime[],
  options: { readonly runs: number; readonly rows?: number },
): string {
  const { runs, rows = 15 } = options;
  return [
    ...table(
      "op",
      groupTimes(times, (t) => `${t.phase} ${t.op}`),
      runs,
      rows,
    ),
    "",
    ...table(
      "layer",
      groupTimes(times, (t) => t.path || "(no layer)"),
      runs,
      rows,
    ),
    "",
    ...table(
      "kernel",
      groupTimes(times, (t) => t.kernel),
      runs,
      rows,
    ),
  ].join("\n");
}

/**
 * The profile in the trace event format that chrome://tracing and Perfetto open; one row per phase.
 *
 * @example
 * const time = { phase: "forward", path: "conv1", op: "Conv", kernel: "Conv", startUs: 0, durationUs: 30 };
 * JSON.parse(chromeTrace([time])).traceEvents.length // >= 1
 */
export function chromeTrace(times: readonly NodeTime[]): string {
  const traceEvents = times.map((t) => ({
    name: t.path ? `${t.op} ${t.path}` : t.op,
    cat: t.phase,
    ph: "X",
    ts: t.startUs,
    dur: t.durationUs,
    pid: 1,
    tid: t.phase,
    args: { kernel: t.kernel, layer: t.path },
  }));
  return JSON.stringify({ displayTimeUnit: "ms", traceEvents });
}
