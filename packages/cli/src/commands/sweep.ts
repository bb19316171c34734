/** frugal sweep: trains what a recipe's sweep lists, evaluates it on a quiet machine, and tabulates the trade-off. */

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import { type ExitCode, exitCodes } from "../app/exit.js";
import { clock, formatAmount, formatTable, percent } from "../app/format.js";
import type { Invocation } from "../app/parse.js";
import { commandLine } from "../app/shell.js";
import type { Terminal } from "../app/terminal.js";
import { hasFiring } from "../firing/file.js";
import { loadRecipe } from "../recipe/load.js";
import { writeReport } from "../report/write.js";
import { readRecord } from "../run-store/record.js";
import { energyTable } from "../sweep/energy-table.js";
import {
  isSweep,
  readSweep,
  SWEEP_SCHEMA_VERSION,
  type SweepRecord,
  type TrialRecord,
  writeSweep,
} from "../sweep/record.js";
import { runTrials } from "../sweep/run-trials.js";
import {
  evaluatedTrials,
  range,
  type SweepPoint,
  seedsText,
  settingOf,
  sweepPoints,
} from "../sweep/summary.js";
import { sweepFolder, type Trial, trialFolder, trialsOf } from "../sweep/trials.js";
import { startJob } from "../worker/host.js";
import { onInterrupt } from "../worker/interrupts.js";
import type { Progress } from "../worker/messages.js";

export async function sweep(call: Invocation<"sweep">, terminal: Terminal): Promise<ExitCode> {
  const { set = [], runs = "runs", tensorboard = false } = call.values;
  const given = call.words[0];
  if (given === undefined) {
    throw new UserError("E_USAGE", "frugal sweep needs a recipe", {
      allowed: "a recipe file, or the name of a built-in recipe",
      next: "try: frugal sweep digits --report",
    });
  }
  const recipe = await loadRecipe(given, { set });
  const jobs = jobCount(call.values.jobs, recipe.threads);
  const folder = call.values.out ?? sweepFolder(recipe, runs);
  const trials = trialsOf(recipe);
  let record = begin(folder, recipe, trials);
  const settings = [...new Set(trials.map(settingOf))].join("; ");
  const { seeds } = recipe.sweep;
  terminal.note(
    `sweep ${folder}: ${trials.length} ${trials.length === 1 ? "trial" : "trials"}, ${jobs} at a time (${settings}; seeds ${seeds.join(", ")})`,
  );

  const view = trialView(terminal, trials.length);
  const running = runTrials(trials, {
    folder,
    jobs,
    tensorboard,
    verbose: terminal.verbose,
    onMessage(trial, message) {
      if (message.kind === "progress") view.progress(trial, message.progress);
      if (message.kind === "epoch")
        view.trained(trial, message.validationAccuracy, message.progress);
      if (message.kind === "warning") terminal.warn(`warning: ${trial.id}: ${message.text}`);
    },
    onStatus(trial, status) {
      record = { ...record, trials: [...record.trials.filter((t) => t.id !== trial.id), status] };
      writeSweep(folder, { ...record, updatedAt: new Date().toISOString() });
      view.ended(trial, status, trialFolder(folder, trial));
    },
  });
  const release = onInterrupt({ ...running, note: terminal.note });
  const outcome = await running.outcome.finally(release);
  terminal.clearProgress();
  if (outcome === "stopped") {
    terminal.document({ folder, status: "stopped" });
    terminal.next(goesOn(call));
    return exitCodes.stopped;
  }

  const stopped = await evaluateTrials(trials, {
    ...{ folder, terminal, budgets: recipe.evaluate },
    // Plain trials too: how far firing fell is told from them.
    firing: call.values.firing === true || recipe.objective.kind === "density",
  });
  if (stopped) {
    terminal.next(goesOn(call));
    return exitCodes.stopped;
  }
  const failed = record.trials.filter((t) => t.status === "failed");
  const evaluated = evaluatedTrials(folder, record);
  const points = sweepPoints(evaluated);
  terminal.document({ folder, status: failed.length > 0 ? "failed" : "completed", failed, points });
  if (points.length > 0) terminal.result(tableOf(points));
  for (const { id, error } of failed) terminal.warn(`trial ${id} failed: ${error?.message}`);
  if (call.values.report && points.length > 0) {
    const written = writeReport(folder);
    terminal.note(`report: ${written.html}`);
    const chosen = chosenSetting(points, recipe.objective);
    const overrides = (last: string) => [...set, last].flatMap((s) => ["--set", s]);
    const then = chosen ? `, then: ${commandLine("train", given, ...overrides(chosen))}` : "";
    terminal.next(`open ${written.html} in a browser${then}`);
  } else {
    terminal.next(commandLine("report", folder));
  }
  return failed.length > 0 ? exitCodes.failed : exitCodes.done;
}

/** The same command, as what is finished is kept. */
const goesOn = ({ command, rest }: Invocation<"sweep">): string =>
  `${commandLine(command, ...rest)} continues where it stopped`;

function jobCount(given: string | undefined, threads: number): number {
  if (given === undefined) return Math.max(1, Math.floor(availableParallelism() / threads));
  const jobs = Number(given);
  if (Number.isInteger(jobs) && jobs >= 1) return jobs;
  throw new UserError("E_USAGE", `--jobs ${given} is not understood`, {
    allowed: "a whole number of at least 1",
  });
}

function begin(
  folder: string,
  recipe: SweepRecord["recipe"],
  trials: readonly Trial[],
): SweepRecord {
  const now = new Date().toISOString();
  const record: SweepRecord = {
    schemaVersion: SWEEP_SCHEMA_VERSION,
    name: recipe.name,
    recipe,
    createdAt: isSweep(folder) ? readSweep(folder).createdAt : now,
    updatedAt: now,
    trials: trials.map(({ recipe: _, ...identity }) => ({ ...identity, status: "queued" })),
  };
  writeSweep(folder, record);
  return record;
}

const named = (trial: Trial): string => `${settingOf(trial)}, seed ${trial.seed}`;

/** One line for the whole sweep in a terminal, and one line for every trial that ends. */
function trialView(terminal: Terminal, total: number) {
  const active = new Map<string, { trial: Trial; progress: Progress }>();
  const last = new Map<string, { accuracy: number; cost?: number }>();
  const began = performance.now();
  let done = 0;
  let skipped = 0;
  return {
    progress(trial: Trial, progress: Progress) {
      active.set(trial.id, { trial, progress });
      const parts = [...active.values()].map(
        ({ progress: p }) => p.step / Math.max(1, p.totalSteps),
      );
      const share =
        (done - skipped + parts.reduce((a, b) => a + b, 0)) / Math.max(1, total - skipped);
      const seconds = (performance.now() - began) / 1000;
      const left = share > 0.02 ? `  ${clock((seconds * (1 - share)) / share)} left` : "";
      const detail = `${named(trial)}: epoch ${progress.epoch}/${progress.epochs} loss ${progress.loss?.toFixed(3) ?? "-"}`;
      terminal.progress(`${done}/${total} trials${left}  ${detail}`);
    },
    trained(trial: Trial, accuracy: number, { executedCost }: Progress) {
      last.set(trial.id, {
        accuracy,
        ...(executedCost === undefined ? {} : { cost: executedCost }),
      });
    },
    ended(trial: Trial, status: TrialRecord, folder: string) {
      active.delete(trial.id);
      done++;
      const seen = last.get(trial.id);
      if (status.status === "completed" && !seen) {
        skipped++;
        terminal.note(`[${done}/${total}] ${named(trial)}: finished before, kept`);
        return;
      }
      const seconds =
        status.status === "completed" ? `, ${readRecord(folder).trainSeconds.toFixed(1)} s` : "";
      const figures = seen
        ? `  validation ${percent(seen.accuracy, 2)}${seen.cost === undefined ? "" : ` at ${percent(seen.cost, 0)} of the MACs`}`
        : "";
      terminal.note(`[${done}/${total}] ${named(trial)}: ${status.status}${seconds}${figures}`);
    },
  };
}

/** Evaluates what is not evaluated yet. Returns true if it was interrupted. */
async function evaluateTrials(
  trials: readonly Trial[],
  options: {
    readonly folder: string;
    readonly terminal: Terminal;
    readonly budgets: SweepRecord["recipe"]["evaluate"];
    readonly firing: boolean;
  },
): Promise<boolean> {
  const { folder, terminal, budgets: evaluate, firing } = options;
  const folders = trials
    .map((trial) => trialFolder(folder, trial))
    .filter((at) => existsSync(join(at, "run.json")) && readRecord(at).status === "completed")
    .filter((at) => !isEvaluated(at, evaluate) || (firing && !hasFiring(at, "test")));
  if (folders.length === 0) return false;
  let done = 0;
  terminal.note(`evaluating ${folders.length} trials, one after the other`);
  const running = startJob(
    { kind: "evaluate", folders, checkpoint: "last", split: "test", evaluate, firing },
    {
      verbose: terminal.verbose,
      onMessage(message) {
        if (message.kind === "evaluated") {
          done++;
          terminal.progress(`evaluated ${done}/${folders.length}`);
        }
      },
    },
  );
  const release = onInterrupt({ ...running, note: terminal.note });
  const { status } = await running.outcome.finally(release);
  terminal.clearProgress();
  return status === "stopped";
}

/** Whether the evaluation that lies there was made with these settings. */
function isEvaluated(folder: string, evaluate: SweepRecord["recipe"]["evaluate"]): boolean {
  const { evaluatedWith } = readRecord(folder);
  return (
    existsSync(join(folder, "eval", "test.json")) &&
    JSON.stringify(evaluatedWith) === JSON.stringify(evaluate)
  );
}

/** Whole networks whose energy was simulated are compared by that; all others by the compute of a budget. */
const tableOf = (points: readonly SweepPoint[]): string =>
  points.some((p) => p.firing) && points.every((p) => p.budget === undefined)
    ? energyTable(points)
    : sweepTable(points);

/** Accuracy against compute: one line for every setting and budget; * is what validation would choose. */
export function sweepTable(points: readonly SweepPoint[]): string {
  const right = "right" as const;
  const table = formatTable(
    [
      { title: "setting" },
      { title: "budget", align: right },
      { title: "test accuracy", align: right },
      { title: "executed MACs", align: right },
      { title: "FLOPs", align: right },
      { title: "ms", align: right },
      { title: "random exit", align: right },
    ],
    points.map((p) => [
      `${p.setting}${p.isChosen ? " *" : ""}`,
      p.budget === undefined ? "full" : percent(p.budget, 0),
      range(p.accuracy, 2),
      formatAmount(p.executedMacs.mean),
      formatAmount(2 * p.executedMacs.mean),
      p.latency[0]?.ms.mean.toFixed(4) ?? "-",
      p.random ? percent(p.random.accuracy.mean, 2) : "-",
    ]),
  );
  return `${table}\n\n${seedsText(points)}; * chosen by validation accuracy at that budget; 1 MAC = 2 FLOPs`;
}

/** What to `--set` for the lambda that validation prefers at the smallest budget; undefined where no budget was to be met. */
function chosenSetting(
  points: readonly SweepPoint[],
  objective: SweepRecord["recipe"]["objective"],
): string | undefined {
  const lambda = points.find((p) => p.isChosen && p.lambda !== undefined)?.lambda;
  const key = typeof objective.lambda === "number" ? "lambda" : "lambda.value";
  return lambda === undefined ? undefined : `objective.${key}=${lambda}`;
}
