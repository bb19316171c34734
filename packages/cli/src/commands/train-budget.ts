/** frugal train --budget: prints the certificate, and compares with baselines where that is asked for. */

import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Invocation } from "../app/parse.js";
import type { Terminal } from "../app/terminal.js";
import { readCertificate } from "../budget/certificate.js";
import { certificateText } from "../budget/certificate-text.js";
import { type Contender, comparisonTable, contenders, type Outcome } from "../budget/comparison.js";
import { readMasks } from "../masks/file.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { newRunId } from "../run-store/folder.js";
import { readRecord } from "../run-store/record.js";
import { type Finished, startJob } from "../worker/host.js";
import { onInterrupt } from "../worker/interrupts.js";
import { readEvaluation } from "./evaluation-table.js";
import { showProgress } from "./progress.js";

type TrainValues = Invocation<"train">["values"];

/** Options that say nothing together. */
export function checkBudgetOptions({
  budget,
  baselines,
  seeds,
  resume,
  profile,
}: TrainValues): void {
  const refuse = (what: string, allowed: string): never => {
    throw new UserError("E_USAGE", what, { allowed, next: "leave one of them out" });
  };
  if (seeds !== undefined && !baselines) {
    refuse("--seeds goes with --baselines", "--baselines --seeds 1,2,3, or --seed N");
  }
  for (const [name, given] of Object.entries({ resume, profile })) {
    if (given === undefined) continue;
    if (budget) refuse(`--budget does not go with --${name}`, "a recipe to train anew");
    if (baselines) refuse(`--baselines does not go with --${name}`, "a recipe to train anew");
  }
}

/** Prints the certificate of a finished run; 1 where its budget is not met. */
export function showCertificate(
  { folder, status, step }: Pick<Finished, "folder" | "status" | "step">,
  terminal: Terminal,
): ExitCode {
  const certificate = readCertificate(folder);
  const evaluation = readEvaluation(folder, "test");
  const masks = readMasks(folder);
  terminal.document({
    ...{ folder, status, step, record: readRecord(folder), evaluation, certificate },
    ...(masks ? { masks } : {}),
  });
  terminal.result([`run        ${folder}`, "", certificateText(certificate)].join("\n"));
  terminal.next(`frugal profile ${join(folder, certificate.model.file)} --dim batch=1`);
  return certificate.verdict === "met" ? exitCodes.done : exitCodes.failed;
}

function seedsOf({ seeds }: TrainValues, recipe: ResolvedRecipe): number[] {
  if (seeds === undefined) return [recipe.seed];
  const list = seeds.split(",").map((s) => (/^\s*[0-9]+\s*$/.test(s) ? Number(s) : Number.NaN));
  if (list.every(Number.isSafeInteger) && new Set(list).size === list.length) return list;
  throw new UserError("E_USAGE", `--seeds ${seeds} cannot be read`, {
    allowed: "different whole numbers from 0, separated by commas: --seeds 1,2,3",
  });
}

function outcomeOf({ method, title, seed }: Contender, folder: string): Outcome {
  const evaluation = readEvaluation(folder, "test")!;
  const { accuracy, macs } = evaluation.full;
  const judged = method === "plain" ? {} : { met: readCertificate(folder).verdict === "met" };
  return { method, title, seed, folder, accuracy, samples: evaluation.samples, macs, ...judged };
}

/** Trains the recipe's network and every baseline, one after the other; 1 where the recipe's own budget is not met. */
export async function trainWithBaselines(
  recipe: ResolvedRecipe,
  values: TrainValues,
  terminal: Terminal,
): Promise<ExitCode> {
  if (recipe.masks) {
    throw new UserError("E_USAGE", "--baselines compares ways to remove channels", {
      where: "masks",
      allowed: "a recipe without masks",
      next: "remove the key masks, or leave --baselines out",
    });
  }
  if (!recipe.channels) {
    throw new UserError("E_USAGE", "--baselines needs a budget", {
      allowed: "frugal train RECIPE --budget macs=2M --baselines",
    });
  }
  const { runs = "runs", tensorboard = false } = values;
  const outcomes: Outcome[] = [];
  for (const contender of contenders(recipe, seedsOf(values, recipe))) {
    const { recipe: own, title, seed } = contender;
    terminal.note(`${title}, seed ${seed}`);
    const folder = join(runs, newRunId(own.name, new Date()));
    const running = startJob(
      { kind: "train", recipe: own, folder, tensorboard, evaluate: true },
      { onMessage: showProgress(terminal), verbose: terminal.verbose },
    );
    const release = onInterrupt({ ...running, note: terminal.note });
    const finished = await running.outcome.finally(release);
    if (finished.status === "stopped") {
      terminal.document({ status: "stopped", folder: finished.folder, outcomes });
      terminal.result(`stopped: ${title} is saved in ${finished.folder}`);
      return exitCodes.stopped;
    }
    outcomes.push(outcomeOf(contender, finished.folder));
  }
  const first = outcomes[0]!.method;
  terminal.document({ status: "completed", outcomes });
  const runList = outcomes.map((o) => `${o.title}, seed ${o.seed}: ${o.folder}`);
  terminal.result([comparisonTable(outcomes), "", ...runList].join("\n"));
  const isMet = outcomes.filter((o) => o.method === first).every((o) => o.met);
  return isMet ? exitCodes.done : exitCodes.failed;
}
