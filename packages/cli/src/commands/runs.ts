/** frugal runs: what lies in the folder of runs, and how each of them stands. */

import { basename } from "node:path";
import { type ExitCode, exitCodes } from "../app/exit.js";
import { formatAmount, formatTable, percent } from "../app/format.js";
import type { Invocation } from "../app/parse.js";
import { commandLine } from "../app/shell.js";
import type { Terminal } from "../app/terminal.js";
import { listRuns } from "../run-store/folder.js";

export async function runs(call: Invocation<"runs">, terminal: Terminal): Promise<ExitCode> {
  const { runs: root = "runs" } = call.values;
  const list = listRuns(root);
  terminal.document(list);
  if (list.length === 0) {
    terminal.note(`there are no runs in ${root}`);
    terminal.next("frugal train digits");
    return exitCodes.done;
  }
  terminal.result(
    formatTable(
      [
        { title: "run" },
        { title: "status" },
        { title: "steps", align: "right" },
        { title: "accuracy", align: "right" },
        { title: "MACs", align: "right" },
      ],
      list.map(({ folder, record: r }) => [
        basename(folder),
        r.status,
        `${r.step}/${r.totalSteps}`,
        r.summary ? percent(r.summary.fullAccuracy, 2) : "-",
        r.summary ? formatAmount(r.summary.fullMacs) : "-",
      ]),
    ),
  );
  const open = list.findLast(({ record }) =>
    ["stopped", "interrupted", "failed"].includes(record.status),
  );
  terminal.next(
    open
      ? commandLine("train", "--resume", open.folder)
      : commandLine("report", list.at(-1)!.folder),
  );
  return exitCodes.done;
}
