/** Accuracy against one cost after the other: the centre of the report. */

import { paretoFront } from "@frugal/core/evaluation";
import { formatAmount, percent } from "../app/format.js";
import type { Estimate, SweepPoint } from "../sweep/summary.js";
import { type Axis, type ChartPoint, chart, legend, type Series } from "./chart.js";
import type { ReportData } from "./data.js";
import { escapeText } from "./svg.js";

interface CostView {
  readonly id: string;
  readonly tab: string;
  readonly axis: Axis;
  readonly note: string;
  /** Undefined where a point has no such cost. */
  readonly cost: (point: SweepPoint) => number | undefined;
  readonly baseline?: (macs: number) => number;
}

const amount = (value: number): string => formatAmount(value);
const milliseconds = (value: number): string => Number(value.toPrecision(3)).toString();

function views(data: ReportData): CostView[] {
  const sizes = data.points[0]?.latency.map((l) => l.batchSize) ?? [];
  const machine = data.evaluations[0]!.report.engine;
  return [
    {
      id: "executed",
      tab: "executed MACs",
      axis: { label: "executed MACs per sample (mean)", format: amount, include: [0] },
      note: "Counted on the path that really ran, stage by stage, survivors only; heads and gates included.",
      cost: (p) => p.executedMacs.mean,
      baseline: (macs) => macs,
    },
    {
      id: "policy",
      tab: "policy MACs",
      axis: {
        label: "MACs per sample of the exits decided on (mean)",
        format: amount,
        include: [0],
      },
      note: "What the decisions taken should cost; the gap to executed MACs is what an implementation loses.",
      cost: (p) => p.policyMacs.mean,
      baseline: (macs) => macs,
    },
    {
      id: "flops",
      tab: "FLOPs",
      axis: { label: "executed FLOPs per sample (1 MAC = 2 FLOPs)", format: amount, include: [0] },
      note: "The executed MACs times two.",
      cost: (p) => 2 * p.executedMacs.mean,
      baseline: (macs) => 2 * macs,
    },
    ...energyViews(data),
    ...sizes.map(
      (size): CostView => ({
        id: `ms-${size}`,
        tab: `ms, batch ${size}`,
        axis: {
          label: `measured milliseconds per sample, batch ${size}`,
          format: milliseconds,
          include: [0],
        },
        note: `Measured on ${machine}; all rules and the whole network in turn on the same batches.`,
        cost: (p) => p.latency.find((l) => l.batchSize === size)?.ms.mean,
      }),
    ),
  ];
}

const shareOf = (value: number): string => `${Number((100 * value).toPrecision(3))} %`;

/** Energy on an accelerator that skips zeros, where it was simulated. */
const energyViews = ({ points }: ReportData): CostView[] =>
  points.some((p) => p.firing)
    ? (["reference", "corrected"] as const).map((mode) => ({
        id: `energy-${mode}`,
        tab: mode === "reference" ? "energy, as published" : "energy, corrected",
        axis: { label: "energy as a share of that without skipping zeros", format: shareOf },
        note: "Simulated from the values that were counted on these samples.",
        cost: (p) => p.firing?.[mode].mean,
      }))
    : [];

const accuracyAxis: Axis = {
  label: "accuracy",
  max: 1,
  format: (value) => `${Number((100 * value).toPrecision(4))} %`,
};

const spread = ({ mean, low, high }: Estimate): string =>
  low === undefined || high === undefined
    ? percent(mean, 2)
    : `${percent(mean, 2)} (${percent(low, 2)} to ${percent(high, 2)})`;

const nameOf = (p: SweepPoint): string =>
  `${p.setting}, ${p.budget === undefined ? "whole network" : `budget ${percent(p.budget, 0)}`}`;

/** Number of the colour of each setting, the same in every chart. */
export function styleOf(data: ReportData): (setting: string) => Series["style"] {
  const numbered = [
    ...new Set(data.points.filter((p) => p.kind !== "plain").map((p) => p.setting)),
  ];
  return (setting) => {
    const index = numbered.indexOf(setting);
    return index < 0 ? "plain" : index;
  };
}

function seriesOf(data: ReportData, view: CostView): Series[] {
  const known = data.points.flatMap((point) => {
    const cost = view.cost(point);
    return cost === undefined ? [] : [{ point, cost, accuracy: point.accuracy.mean }];
  });
  const front = paretoFront(known);
  const style = styleOf(data);
  const settings = [...new Set(known.map((k) => k.point.setting))];
  const drawn = settings.map((setting): Series => {
    const own = known
      .filter((k) => k.point.setting === setting)
      .toSorted((a, b) => a.cost - b.cost);
    return {
      name: setting === "plain" ? "plain network (no exits)" : setting,
      style: style(setting),
      line: "solid",
      points: own.map(({ point, cost, accuracy }): ChartPoint => {
        const { low, high } = point.accuracy;
        const title = `${nameOf(point)}\naccuracy ${spread(point.accuracy)}\n${view.axis.label}: ${view.axis.format(cost)}`;
        const hollow = !front.some((f) => f.point === point);
        return {
          x: cost,
          y: accuracy,
          title,
          hollow,
          ...(low === undefined || high === undefined ? {} : { low, high }),
        };
      }),
    };
  });
  return [frontSeries(front, view), ...baselines(data, view), ...drawn];
}

function frontSeries(front: readonly { cost: number; accuracy: number }[], view: CostView): Series {
  return {
    name: "Pareto front of the means",
    style: "front",
    line: "solid",
    bare: true,
    stairs: true,
    points: front.map((f) => ({ x: f.cost, y: f.accuracy, title: view.axis.format(f.cost) })),
  };
}

/** Random and oracle exits for the points that validation chose: all of them would hide the curves. */
function baselines(data: ReportData, { baseline, axis }: CostView): Series[] {
  if (!baseline) return [];
  const chosen = data.points.filter((p) => p.isChosen);
  const of = (which: "random" | "oracle", name: string, line: Series["line"]): Series => ({
    name,
    style: "muted",
    line: line!,
    bare: true,
    points: chosen
      .flatMap((p) => {
        const found = p[which];
        return found
          ? [
              {
                x: baseline(found.macs.mean),
                y: found.accuracy.mean,
                title: axis.format(found.macs.mean),
              },
            ]
          : [];
      })
      .toSorted((a, b) => a.x - b.x),
  });
  const oracle = of("oracle", "oracle exit (bound)", "dotted");
  return [
    of("random", "random exit, same shares", "dashed"),
    // The oracle does not depend on a budget: one network has one.
    { ...oracle, bare: false, points: oracle.points },
  ];
}

/** Tabs that need no script: one radio button for each cost. */
export function tradeoffSection(data: ReportData): string {
  const list = [
    ...views(data).map((view) => ({
      id: view.id,
      tab: view.tab,
      body: drawn(data, seriesOf(data, view), view),
    })),
    ...gateView(data),
  ];
  const rules = list
    .map(({ id }) => `#tab-${id}:checked ~ #panel-${id} { display: block }`)
    .join("\n");
  const inputs = list.map(
    ({ id, tab }, i) =>
      `<input type="radio" name="cost" id="tab-${id}"${i === 0 ? " checked" : ""}><label for="tab-${id}">${escapeText(tab)}</label>`,
  );
  const panels = list.map(({ id, body }) => `<section id="panel-${id}">${body}</section>`);
  return `<style>${rules}</style><div class="tabs">${inputs.join("")}${panels.join("")}</div>`;
}

function drawn(
  data: ReportData,
  series: readonly Series[],
  view: Pick<CostView, "axis" | "note">,
): string {
  const svg = chart({
    title: `Accuracy against ${view.axis.label}`,
    description: `${data.points.length} operating points; the same numbers stand in the table below.`,
    x: view.axis,
    y: accuracyAxis,
    series,
  });
  return `${svg}${legend(series)}<p class="note">${escapeText(view.note)} ${escapeText(data.intervals)}. Hollow points are dominated.</p>`;
}

/** Soft cost against hard decisions, for the gates as trained. */
function gateView(data: ReportData): { id: string; tab: string; body: string }[] {
  if (data.gates.length === 0) return [];
  const style = styleOf(data);
  const series = data.gates.map(({ setting, accuracy, expectedMacs, policyMacs }): Series => {
    const { low, high } = accuracy;
    const interval = low === undefined || high === undefined ? {} : { low, high };
    const title = `${setting}: accuracy ${spread(accuracy)}`;
    return {
      name: setting,
      style: style(setting),
      line: "dotted",
      points: [
        {
          x: expectedMacs.mean,
          y: accuracy.mean,
          title: `${title}\nexpected ${formatAmount(expectedMacs.mean)} MACs`,
          ...interval,
        },
        {
          x: policyMacs.mean,
          y: accuracy.mean,
          title: `${title}\ndecided ${formatAmount(policyMacs.mean)} MACs`,
          hollow: true,
        },
      ],
    };
  });
  const view = {
    axis: { label: "MACs per sample under the trained gates", format: amount, include: [0] },
    note: "The gates by themselves, without fitted thresholds: filled, the expected (soft) cost that the loss sees; hollow, the cost of leaving where the hazard is at least one half.",
  };
  return [
    {
      id: "expected",
      tab: "expected MACs",
      body: drawn(data, series, view).replace(" Hollow points are dominated.", ""),
    },
  ];
}
