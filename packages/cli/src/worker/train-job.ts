/** Trains one network in this process, from the start or from a checkpoint, and keeps its run folder. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import { type Checkpoint, checkpointOf } from "@frugal/core/training";
import { nodeEngine } from "@frugal/engine";
import { errorData } from "../app/errors.js";
import { commandLine } from "../app/shell.js";
import { finishChannels } from "../budget/finish.js";
import { budgetProgram } from "../budget/program.js";
import { finishMasks } from "../masks/finish.js";
import { masksProgram } from "../masks/program.js";
import { checkRecipe } from "../recipe/check.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { readCheckpoint } from "../run-store/checkpoints.js";
import { configHash, configPath, readConfig } from "../run-store/folder.js";
import { type RunSummary, readRecord } from "../run-store/record.js";
import { createRun, type RunSetup, type RunWriter, resumeRun } from "../run-store/run.js";
import { openTensorboard } from "../run-store/tensorboard.js";
import { loadRecipeData, type RecipeData, trainingSource } from "../training/data.js";
import { plainProgram } from "../training/plain-program.js";
import type { Begun, Program } from "../training/program.js";
import type { JobContext } from "./context.js";
import { evaluateRun } from "./evaluate-job.js";
import type { FromWorker, Job } from "./messages.js";
import { trainStretch } from "./stretch.js";
import { trainedNetwork } from "./trained.js";

type TrainingJob = Extract<Job, { kind: "train" | "resume" }>;
type Finished = Extract<FromWorker, { kind: "finished" }>;

export async function trainJob(job: TrainingJob, context: JobContext): Promise<Finished> {
  const recipe = job.kind === "train" ? job.recipe : resumedRecipe(job);
  const data = await loadRecipeData(recipe);
  const source = trainingSource(recipe, data);
  const { stepsPerEpoch } = source;
  const program = await programOf(job, { recipe, data, stepsPerEpoch });
  const finish = async (folder: string): Promise<RunSummary> => {
    context.report({ kind: "phase", text: "evaluating" });
    return finalReport(folder, { recipe, data, context });
  };
  if (job.kind === "resume" && job.recipe === undefined && isTrained(job.folder)) {
    // Killed while it was evaluated: that is all there is left to do.
    const summary = await finish(job.folder);
    const done = readRecord(job.folder).step;
    return { kind: "finished", status: "completed", folder: job.folder, step: done, summary };
  }
  const engine = nodeEngine({ threads: recipe.threads });
  const setup: RunSetup = {
    recipe,
    engine: engine.description,
    dataset: data.record,
    totalSteps: recipe.epochs * stepsPerEpoch,
  };

  // Everything that can be wrong with a recipe has been found by now: only then is there a folder.
  const { run, ...begun } = await openJob(job, { setup, program, stepsPerEpoch });
  const board = job.tensorboard ? openTensorboard(run.folder) : undefined;
  context.report({ kind: "started", folder: run.folder, step: begun.from.progress.step });
  run.log(
    `attempt ${run.record.attempt} from step ${begun.from.progress.step}, ${engine.description}`,
  );
  try {
    if (job.kind === "train") begun.stretch.opened?.(run.folder);
    let now: Begun | undefined = begun;
    while (now) {
      const { reason, checkpoint } = await trainStretch(now, {
        ...{ recipe, data, source, engine, run, board, context },
      });
      if (reason === "stopped") {
        run.finish("stopped");
        return { kind: "finished", status: "stopped", folder: run.folder, step: run.record.step };
      }
      now = await now.stretch.next?.(run.folder, checkpoint);
      // In place of the last one of the stretch before, which belongs to another network.
      if (now) run.checkpoint(now.from, now.stretch.notes?.());
    }
    run.finish("completed");
    const finished = { kind: "finished", status: "completed", folder: run.folder } as const;
    if (!job.evaluate) return { ...finished, step: run.record.step };
    return { ...finished, step: run.record.step, summary: await finish(run.folder) };
  } catch (error) {
    try {
      run.finish("failed", { error: errorData(error) });
    } catch {
      // A full disk cannot take the record either; what went wrong first is what matters.
    }
    throw error;
  } finally {
    board?.close();
  }
}

const isTrained = (folder: string): boolean => readRecord(folder).status === "completed";

interface ProgramOptions {
  readonly recipe: ResolvedRecipe;
  readonly data: RecipeData;
  readonly stepsPerEpoch: number;
}

async function programOf(job: TrainingJob, options: ProgramOptions): Promise<Program> {
  const { recipe, data, stepsPerEpoch } = options;
  if (recipe.channels) {
    const folder = job.kind === "resume" ? { folder: job.folder } : {};
    return budgetProgram(recipe, data, { stepsPerEpoch, ...folder });
  }
  return recipe.masks ? masksProgram(recipe, data) : plainProgram(recipe, data, stepsPerEpoch);
}

interface FinalReport {
  readonly recipe: ResolvedRecipe;
  readonly data: RecipeData;
  readonly context: JobContext;
}

async function finalReport(
  folder: string,
  { recipe, data, context }: FinalReport,
): Promise<RunSummary> {
  const network = trainedNetwork(recipe, data.dataset, folder);
  const summary = await evaluateRun(folder, { recipe, data, network });
  if (!recipe.channels && !recipe.masks) return summary;
  context.report({ kind: "phase", text: "counting and timing the exported network" });
  await (recipe.masks ? finishMasks : finishChannels)(folder, {
    recipe,
    data,
    traced: network.traced,
  });
  return summary;
}

function resumedRecipe(job: Extract<Job, { kind: "resume" }>): ResolvedRecipe {
  const record = readRecord(job.folder);
  if (record.status === "running") {
    throw new UserError("E_RUN", `${record.id} is still running`, {
      where: `process ${record.pid} on ${record.host.hostname}`,
      allowed: "a run that was stopped, interrupted or failed",
      next: "stop it first, or wait",
    });
  }
  const own = checkRecipe(readConfig(job.folder), configPath(job.folder));
  const evaluated = existsSync(join(job.folder, ...lastFile(own)));
  if (record.status === "completed" && evaluated && job.recipe === undefined) {
    throw new UserError("E_RUN", `${record.id} is completed: there is nothing to resume`, {
      where: job.folder,
      next: `${commandLine("report", job.folder)}, or give a recipe with more epochs and --allow-config-change`,
    });
  }
  if (configHash(own) !== record.configHash && !job.allowConfigChange)
    throw changed(job, "config.json");
  if (job.recipe === undefined) return own;
  if (configHash(job.recipe) !== record.configHash && !job.allowConfigChange) {
    throw changed(job, "the given recipe");
  }
  refuseOtherDecision(own, job.recipe, job.folder);
  return job.recipe;
}

/** What a run writes last. */
function lastFile({ channels, masks }: ResolvedRecipe): readonly string[] {
  if (masks) return ["masks.json"];
  return channels ? ["certificate.json"] : ["eval", "test.json"];
}

/** What is kept of a decision fits no other one. */
function refuseOtherDecision(own: ResolvedRecipe, given: ResolvedRecipe, folder: string): void {
  if (!own.channels && !given.channels) return;
  if (configHash(own) === configHash(given)) return;
  throw new UserError("E_RUN", "a run that removes channels goes on with its own settings only", {
    where: folder,
    allowed: "the settings of the run",
    next: "leave the recipe out, or train anew",
  });
}

const changed = ({ folder }: { readonly folder: string }, what: string): UserError =>
  new UserError("E_RUN", `${what} differs from the settings that the run began with`, {
    where: folder,
    allowed: "the settings of the run",
    next: "leave the recipe out, or accept the change with --allow-config-change",
  });

async function openJob(
  job: TrainingJob,
  options: {
    readonly setup: RunSetup;
    readonly program: Program;
    readonly stepsPerEpoch: number;
  },
): Promise<Begun & { readonly run: RunWriter }> {
  const { setup, program, stepsPerEpoch } = options;
  if (job.kind === "train") {
    const { seed } = setup.recipe;
    const stretch = await program.first();
    const first = checkpointOf(
      stretch.step,
      Object.fromEntries(stretch.step.state.map(({ input, initial }) => [input, initial])),
      { version: 1, seed, stepsPerEpoch, step: 0, epoch: 0, position: 0, sums: {} },
    );
    const notes = stretch.notes?.() ?? {};
    return { run: createRun(job.folder, setup, { first, notes }), stretch, from: first };
  }
  const { state, model, optimizer } = readCheckpoint(job.folder);
  const stretch = program.resumed(job.folder, state);
  const buffers = new Set(stretch.step.kinds.buffers);
  const part = (isBuffer: boolean) =>
    Object.fromEntries(Object.entries(model).filter(([name]) => buffers.has(name) === isBuffer));
  const from: Checkpoint = {
    progress: state.progress,
    parameters: part(false),
    buffers: part(true),
    optimizer,
  };
  const previous = readRecord(job.folder);
  const run = resumeRun(job.folder, previous, { setup, step: state.progress.step });
  return { run, stretch, from };
}
