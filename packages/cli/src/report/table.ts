/** The operating points as rows: for the page, for Markdown and for CSV. */

import { formatAmount, percent } from "../app/format.js";
import type { Estimate, SweepPoint } from "../sweep/summary.js";
import type { ReportData } from "./data.js";

export interface Row {
  readonly cells: readonly string[];
  readonly chosen: boolean;
}

const sizesOf = ({ points }: ReportData): number[] =>
  points[0]?.latency.map((l) => l.batchSize) ?? [];

export const resultColumns = (data: ReportData): string[] => [
  "setting",
  "budget",
  `${data.split} accuracy`,
  "expected",
  "policy",
  "executed MACs",
  "FLOPs",
  "over budget",
  ...sizesOf(data).map((size) => `ms, batch ${size}`),
  "random exit",
  "oracle",
];

const interval = ({ mean, low, high }: Estimate): string =>
  low === undefined || high === undefined
    ? percent(mean, 2)
    : Math.abs(high - mean - (mean - low)) < 1e-9
      ? `${(100 * mean).toFixed(2)} ± ${(100 * (high - mean)).toFixed(2)} %`
      : `${percent(mean, 2)} [${(100 * low).toFixed(2)}, ${(100 * high).toFixed(2)}]`;

/** How far the executed MACs lie above (or below) what was asked for: thresholds may not carry over. */
function overBudget({ budgetMacs, executedMacs }: SweepPoint): string {
  if (budgetMacs === undefined) return "–";
  const over = executedMacs.mean / budgetMacs - 1;
  return `${over >= 0 ? "+" : "−"}${percent(Math.abs(over), 0)}`;
}

export const resultRows = (data: ReportData): Row[] =>
  data.points.map((p) => ({
    chosen: p.isChosen,
    cells: [
      p.setting,
      p.budget === undefined ? "whole" : percent(p.budget, 0),
      interval(p.accuracy),
      p.expectedMacs ? formatAmount(p.expectedMacs.mean) : "–",
      formatAmount(p.policyMacs.mean),
      formatAmount(p.executedMacs.mean),
      formatAmount(2 * p.executedMacs.mean),
      overBudget(p),
      ...sizesOf(data).map((size) => {
        const found = p.latency.find((l) => l.batchSize === size);
        return found ? Number(found.ms.mean.toPrecision(3)).toString() : "–";
      }),
      p.random ? percent(p.random.accuracy.mean, 2) : "–",
      p.oracle ? percent(p.oracle.accuracy.mean, 2) : "–",
    ],
  }));

/** GitHub's Markdown. */
export function markdownReport(data: ReportData): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((c) => c.replace(/\|/g, "\\|")).join(" | ")} |`;
  const columns = resultColumns(data);
  return [
    `# ${data.title}`,
    "",
    `${data.intervals}. \\* chosen by validation accuracy at that budget. 1 MAC = 2 FLOPs.`,
    "",
    line(columns),
    line(columns.map((_, i) => (i === 0 ? "---" : "---:"))),
    ...resultRows(data).map(({ cells, chosen }) =>
      line([`${cells[0]}${chosen ? " \\*" : ""}`, ...cells.slice(1)]),
    ),
    "",
    ...data.provenance.map(([name, value]) => `- ${name}: ${value}`),
    "",
  ].join("\n");
}

/** Numbers in full, for other programs. */
export function csvReport(data: ReportData): string {
  const quote = (cell: string | number | undefined): string => {
    const text = cell === undefined ? "" : String(cell);
    return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  const sizes = sizesOf(data);
  const head = [
    "setting",
    "lambda",
    "budget_fraction",
    "budget_macs",
    "seeds",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "expected_macs",
    "policy_macs",
    "executed_macs",
    "executed_flops",
    ...sizes.map((size) => `ms_batch_${size}`),
    "random_exit_accuracy",
    "oracle_accuracy",
    "oracle_macs",
    "chosen_on_validation",
    ...data.exits.map((name) => `share_${name}`),
  ];
  const rows = data.points.map((p) => [
    p.setting,
    p.lambda,
    p.budget,
    p.budgetMacs,
    p.accuracy.n,
    p.accuracy.mean,
    p.accuracy.low,
    p.accuracy.high,
    p.expectedMacs?.mean,
    p.policyMacs.mean,
    p.executedMacs.mean,
    2 * p.executedMacs.mean,
    ...sizes.map((size) => p.latency.find((l) => l.batchSize === size)?.ms.mean),
    p.random?.accuracy.mean,
    p.oracle?.accuracy.mean,
    p.oracle?.macs.mean,
    p.isChosen ? 1 : 0,
    ...data.exits.map((_, k) => p.shares?.[k]),
  ]);
  return `${[head, ...rows].map((row) => row.map(quote).join(",")).join("\n")}\n`;
}
