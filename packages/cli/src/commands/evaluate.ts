/** frugal evaluate: a trained run under budgets of your choice. */

import { UserError } from "@frugal/core/base";
import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Invocation } from "../app/parse.js";
import { commandLine } from "../app/shell.js";
import type { Terminal } from "../app/terminal.js";
import { readFiring } from "../firing/file.js";
import { firingTable } from "../firing/text.js";
import { checkRecipe } from "../recipe/check.js";
import { applyOverrides } from "../recipe/set.js";
import { configPath, findRun, readConfig } from "../run-store/folder.js";
import { readRecord } from "../run-store/record.js";
import { startJob } from "../worker/host.js";
import { onInterrupt } from "../worker/interrupts.js";
import { budgetTable, readEvaluation } from "./evaluation-table.js";

const splits = ["validation", "test"] as const;

export async function evaluate(
  call: Invocation<"evaluate">,
  terminal: Terminal,
): Promise<ExitCode> {
  const { split = "test", budget = [], checkpoint = "last", set = [], runs } = call.values;
  const chosen = splits.find((name) => name === split);
  if (!chosen) {
    throw new UserError("E_USAGE", `there is no split ${JSON.stringify(split)}`, {
      allowed: splits.join(", "),
      next: "thresholds are always fitted on validation",
    });
  }
  const folder = findRun(call.words[0]!, runs);
  const { status, id } = readRecord(folder);
  if (status === "running") {
    throw new UserError("E_RUN", `${id} is still running`, {
      where: folder,
      next: "wait until it is done, or stop it",
    });
  }
  const own = readConfig(folder);
  // Budgets are YAML, so that 0.5 is a number and 2M a text.
  const asked = budget.length > 0 ? [`evaluate.budgets=[${budget.join(",")}]`] : [];
  const recipe = checkRecipe(applyOverrides(own, [...set, ...asked]), configPath(folder));
  const running = startJob(
    {
      ...{ kind: "evaluate", folders: [folder], checkpoint, split: chosen },
      evaluate: recipe.evaluate,
      ...(call.values.firing ? { firing: true } : {}),
    },
    { verbose: terminal.verbose },
  );
  const release = onInterrupt({ ...running, note: terminal.note });
  await running.outcome.finally(release);
  const report = readEvaluation(folder, chosen)!;
  const counted = call.values.firing || recipe.objective.kind === "density";
  const firing = counted ? readFiring(folder, chosen) : undefined;
  terminal.document(firing ? { ...report, firing } : report);
  terminal.result(budgetTable(report));
  if (firing) terminal.result(firingTable(firing));
  for (const { budget: asked, reason } of report.infeasible) {
    terminal.warn(`budget ${asked} cannot be kept: ${reason}`);
  }
  terminal.next(commandLine("report", folder));
  return exitCodes.done;
}
