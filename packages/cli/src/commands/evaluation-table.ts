/** The evaluation of a run as a table: one line a budget, every cost beside it. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import { EVALUATION_FORMAT, type EvaluationReport } from "@frugal/core/evaluation";
import { formatAmount, formatTable, percent } from "../app/format.js";

/** eval/<split>.json of a run; undefined where it was not evaluated. */
export function readEvaluation(folder: string, split: string): EvaluationReport | undefined {
  const path = join(folder, "eval", `${split}.json`);
  if (!existsSync(path)) return undefined;
  const report = JSON.parse(readFileSync(path, "utf8")) as EvaluationReport;
  if (report.format !== EVALUATION_FORMAT) {
    throw new UserError("E_RUN", "the evaluation was written by another version of Frugal", {
      where: `${path}: format ${JSON.stringify(report.format)}`,
      allowed: `format ${EVALUATION_FORMAT}`,
      next: `frugal evaluate ${folder}`,
    });
  }
  return report;
}

/** Milliseconds per sample at the smallest batch that was timed. */
export const millisecondsOf = (latency: EvaluationReport["full"]["latency"]): number | undefined =>
  latency[0]?.mean;

const ms = (latency: EvaluationReport["full"]["latency"]): string => {
  const value = millisecondsOf(latency);
  return value === undefined ? "-" : value.toFixed(3);
};

export function budgetTable(report: EvaluationReport): string {
  const right = "right" as const;
  return formatTable(
    [
      { title: "budget", align: right },
      { title: "MACs", align: right },
      { title: "accuracy", align: right },
      { title: "expected", align: right },
      { title: "policy", align: right },
      { title: "executed", align: right },
      { title: "ms", align: right },
      { title: `leave at ${report.exits.map((e) => e.name).join(" / ")}` },
    ],
    [
      ...report.budgets.map((b) => [
        percent(b.fraction, 0),
        formatAmount(b.budget),
        percent(b.accuracy.value, 2),
        b.macs.expected === null ? "-" : formatAmount(b.macs.expected),
        formatAmount(b.macs.policy),
        formatAmount(b.macs.executed),
        ms(b.latency),
        b.shares.map((s) => percent(s, 0)).join(" / "),
      ]),
      [
        "full",
        formatAmount(report.full.macs),
        percent(report.full.accuracy.value, 2),
        "-",
        "-",
        formatAmount(report.full.macs),
        ms(report.full.latency),
        "",
      ],
    ],
  );
}
