/** frugal train: one network by a recipe, in a process of its own. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import { type ExitCode, exitCodes } from "../app/exit.js";
import { formatAmount, percent } from "../app/format.js";
import type { Invocation } from "../app/parse.js";
import { commandLine } from "../app/shell.js";
import type { Terminal } from "../app/terminal.js";
import { certificatePath } from "../budget/certificate.js";
import { readMasks } from "../masks/file.js";
import { masksLines } from "../masks/text.js";
import { loadRecipe } from "../recipe/load.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { findRun, newRunId } from "../run-store/folder.js";
import { readRecord } from "../run-store/record.js";
import { startJob } from "../worker/host.js";
import { onInterrupt } from "../worker/interrupts.js";
import type { Job } from "../worker/messages.js";
import { budgetTable, readEvaluation } from "./evaluation-table.js";
import { showProgress } from "./progress.js";
import { profileSteps, refuseRunOptions } from "./step-profile.js";
import { checkBudgetOptions, showCertificate, trainWithBaselines } from "./train-budget.js";

export async function train(call: Invocation<"train">, terminal: Terminal): Promise<ExitCode> {
  const { profile: trace, baselines } = call.values;
  checkBudgetOptions(call.values);
  if (trace !== undefined) {
    refuseRunOptions(call.values);
    return profileSteps(await recipeOf(call), { trace, terminal });
  }
  if (baselines) return trainWithBaselines(await recipeOf(call), call.values, terminal);
  const job = await jobOf(call);
  const running = startJob(job, { onMessage: showProgress(terminal), verbose: terminal.verbose });
  const release = onInterrupt({ ...running, note: terminal.note });
  const finished = await running.outcome.finally(release);
  const { folder, status, step } = finished;
  if (status === "stopped") {
    terminal.document({ folder, status, step });
    terminal.result(`stopped after step ${step}, saved in ${folder}`);
    terminal.next(commandLine("train", "--resume", folder));
    return exitCodes.stopped;
  }
  if (existsSync(certificatePath(folder))) return showCertificate(finished, terminal);
  const evaluation = readEvaluation(folder, "test");
  const masks = readMasks(folder);
  terminal.document({
    ...{ folder, status, step, record: readRecord(folder), evaluation },
    ...(masks ? { masks } : {}),
  });
  terminal.result(
    [
      `run        ${folder}`,
      ...(evaluation
        ? [
            `test       ${percent(evaluation.full.accuracy.value, 2)} with the whole network, ${formatAmount(evaluation.full.macs)} MACs`,
            ...(evaluation.budgets.length > 0 ? ["", budgetTable(evaluation)] : []),
          ]
        : []),
      ...(masks ? masksLines(masks) : []),
    ].join("\n"),
  );
  terminal.next(commandLine("report", folder));
  return exitCodes.done;
}

const overridesOf = ({ set = [], seed }: Invocation<"train">["values"]): readonly string[] =>
  seed === undefined ? set : [...set, `seed=${seed}`];

async function recipeOf({ words: [given], values }: Invocation<"train">): Promise<ResolvedRecipe> {
  const { budget = [] } = values;
  if (given !== undefined) return loadRecipe(given, { set: overridesOf(values), budget });
  throw new UserError("E_USAGE", "frugal train needs a recipe, or --resume RUN", {
    allowed: "a recipe file, or the name of a built-in recipe",
    next: "try: frugal train digits",
  });
}

async function jobOf(call: Invocation<"train">): Promise<Job> {
  const { words, values } = call;
  const { resume, runs = "runs", tensorboard = false } = values;
  const overrides = overridesOf(values);
  const given = words[0];
  const common = { tensorboard, evaluate: true };
  if (resume !== undefined) {
    if (given === undefined && overrides.length > 0) {
      throw new UserError("E_USAGE", "--resume with --set needs the recipe to change", {
        allowed: "frugal train RECIPE --resume RUN --allow-config-change --set KEY=VALUE",
      });
    }
    const recipe = given === undefined ? undefined : await loadRecipe(given, { set: overrides });
    return {
      kind: "resume",
      folder: findRun(resume, runs),
      allowConfigChange: values["allow-config-change"] ?? false,
      ...(recipe ? { recipe } : {}),
      ...common,
    };
  }
  const recipe = await recipeOf(call);
  return {
    kind: "train",
    recipe,
    folder: join(runs, newRunId(recipe.name, new Date())),
    ...common,
  };
}
