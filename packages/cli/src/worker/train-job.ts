/** Trains one network in this process, from the start or from a checkpoint, and keeps its run folder. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import {
  type Checkpoint,
  checkpointOf,
  type TrainEvent,
  type TrainStep,
  train,
} from "@frugal/core/training";
import { nodeEngine } from "@frugal/engine";
import { errorData } from "../app/errors.js";
import { checkRecipe } from "../recipe/check.js";
import { lambdaOf, type ResolvedRecipe } from "../recipe/schema.js";
import { readCheckpoint } from "../run-store/checkpoints.js";
import { configHash, configPath, readConfig } from "../run-store/folder.js";
import { readRecord } from "../run-store/record.js";
import { createRun, type RunSetup, type RunWriter, resumeRun } from "../run-store/run.js";
import { openTensorboard, type TensorboardWriter } from "../run-store/tensorboard.js";
import { batchSource, loadRecipeData, trainingSource } from "../training/data.js";
import { recipeLambda, recipeNetwork, recipeSchedule, recipeStep } from "../training/network.js";
import { createValidator, type ValidationMetrics } from "../training/validation.js";
import type { JobContext } from "./context.js";
import { evaluateRun } from "./evaluate-job.js";
import type { FromWorker, Job, Progress } from "./messages.js";
import { progressMeter } from "./meter.js";

type TrainingJob = Extract<Job, { kind: "train" | "resume" }>;
type Finished = Extract<FromWorker, { kind: "finished" }>;

/** Lets messages in; a step may be much shorter than this. */
const BREATH_MS = 50;

export async function trainJob(job: TrainingJob, context: JobContext): Promise<Finished> {
  const recipe = job.kind === "train" ? job.recipe : resumedRecipe(job);
  const data = await loadRecipeData(recipe);
  const traced = recipeNetwork(recipe, data.dataset);
  if (job.kind === "resume" && job.recipe === undefined && isTrained(job.folder)) {
    // Killed while it was evaluated: that is all there is left to do.
    context.report({ kind: "phase", text: "evaluating" });
    const summary = await evaluateRun(job.folder, { recipe, data, traced });
    const done = readRecord(job.folder).step;
    return { kind: "finished", status: "completed", folder: job.folder, step: done, summary };
  }
  const step = recipeStep(recipe, traced);
  const source = trainingSource(recipe, data);
  const engine = nodeEngine({ threads: recipe.threads });
  const setup: RunSetup = {
    recipe,
    engine: engine.description,
    dataset: data.record,
    totalSteps: recipe.epochs * source.stepsPerEpoch,
  };
  const { validation } = data.splits;
  const batchSize = Math.min(recipe.evaluate.batchSize, validation.n);
  const validator = createValidator({
    engine,
    traced,
    source: batchSource(validation, { batchSize, normalisation: data.normalisation }),
    labels: Int32Array.from(validation.labels),
    batchSize,
  });

  // Everything that can be wrong with a recipe has been found by now: only then is there a folder.
  const { run, from } = openJob(job, { setup, step, stepsPerEpoch: source.stepsPerEpoch });
  const board = job.tensorboard ? openTensorboard(run.folder) : undefined;
  context.report({ kind: "started", folder: run.folder, step: from.progress.step });
  run.log(`attempt ${run.record.attempt} from step ${from.progress.step}, ${engine.description}`);
  try {
    const lambda = recipeLambda(recipe, source.stepsPerEpoch);
    let latest: ValidationMetrics | undefined;
    const { everyEpochs, everySteps } = recipe.checkpoint;
    const events = train({
      engine,
      step,
      source,
      epochs: recipe.epochs,
      seed: recipe.seed,
      lr: recipe.optimizer.lr,
      schedule: recipeSchedule(recipe, source.stepsPerEpoch),
      scalars: { lambda },
      resume: from,
      stop: context.stop,
      checkpoint: ({ step: done, position, epoch }) =>
        (position === 0 && epoch % everyEpochs === 0) ||
        (everySteps !== undefined && done % everySteps === 0),
      evaluate: async (weights) => {
        latest = await validator.run(weights, lambdaOf(recipe));
        return { ...flat(latest) };
      },
      now: () => performance.now(),
    });
    const ended = await follow(events, {
      recipe,
      run,
      board,
      context,
      validation: () => latest,
      stepsPerEpoch: source.stepsPerEpoch,
    });
    await validator.dispose();
    if (ended === "stopped") {
      run.finish("stopped");
      return { kind: "finished", status: "stopped", folder: run.folder, step: run.record.step };
    }
    run.finish("completed");
    const finished = { kind: "finished", status: "completed", folder: run.folder } as const;
    if (!job.evaluate) return { ...finished, step: run.record.step };
    context.report({ kind: "phase", text: "evaluating" });
    const summary = await evaluateRun(run.folder, { recipe, data, traced });
    return { ...finished, step: run.record.step, summary };
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

function resumedRecipe(job: Extract<Job, { kind: "resume" }>): ResolvedRecipe {
  const record = readRecord(job.folder);
  if (record.status === "running") {
    throw new UserError("E_RUN", `${record.id} is still running`, {
      where: `process ${record.pid} on ${record.host.hostname}`,
      allowed: "a run that was stopped, interrupted or failed",
      next: "stop it first, or wait",
    });
  }
  const evaluated = existsSync(join(job.folder, "eval", "test.json"));
  if (record.status === "completed" && evaluated && job.recipe === undefined) {
    throw new UserError("E_RUN", `${record.id} is completed: there is nothing to resume`, {
      where: job.folder,
      next: `frugal report ${job.folder}, or give a recipe with more epochs and --allow-config-change`,
    });
  }
  const own = checkRecipe(readConfig(job.folder), configPath(job.folder));
  if (configHash(own) !== record.configHash && !job.allowConfigChange)
    throw changed(job, "config.json");
  if (job.recipe === undefined) return own;
  if (configHash(job.recipe) !== record.configHash && !job.allowConfigChange) {
    throw changed(job, "the given recipe");
  }
  return job.recipe;
}

const changed = ({ folder }: { readonly folder: string }, what: string): UserError =>
  new UserError("E_RUN", `${what} differs from the settings that the run began with`, {
    where: folder,
    allowed: "the settings of the run",
    next: "leave the recipe out, or accept the change with --allow-config-change",
  });

function openJob(
  job: TrainingJob,
  options: { readonly setup: RunSetup; readonly step: TrainStep; readonly stepsPerEpoch: number },
): { readonly run: RunWriter; readonly from: Checkpoint } {
  const { setup, step, stepsPerEpoch } = options;
  if (job.kind === "train") {
    const { seed } = setup.recipe;
    const first = checkpointOf(
      step,
      Object.fromEntries(step.state.map(({ input, initial }) => [input, initial])),
      { version: 1, seed, stepsPerEpoch, step: 0, epoch: 0, position: 0, sums: {} },
    );
    return { run: createRun(job.folder, setup, first), from: first };
  }
  const { state, model, optimizer } = readCheckpoint(job.folder);
  const buffers = new Set(step.kinds.buffers);
  const part = (isBuffer: boolean) =>
    Object.fromEntries(Object.entries(model).filter(([name]) => buffers.has(name) === isBuffer));
  const from: Checkpoint = {
    progress: state.progress,
    parameters: part(false),
    buffers: part(true),
    optimizer,
  };
  const previous = readRecord(job.folder);
  return { run: resumeRun(job.folder, previous, { setup, step: state.progress.step }), from };
}

/** Metrics of a validation as plain names and numbers. */
function flat({ accuracies, ...rest }: ValidationMetrics): Record<string, number> {
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== undefined)),
    ...Object.fromEntries(Object.entries(accuracies).map(([k, v]) => [`accuracy.${k}`, v])),
  };
}

interface Followed {
  readonly recipe: ResolvedRecipe;
  readonly run: RunWriter;
  readonly board: TensorboardWriter | undefined;
  readonly context: JobContext;
  readonly validation: () => ValidationMetrics | undefined;
  readonly stepsPerEpoch: number;
}

/** Writes what training tells into the run folder, and reports it. */
async function follow(
  events: AsyncIterable<TrainEvent>,
  { recipe, run, board, context, validation, stepsPerEpoch }: Followed,
): Promise<"completed" | "stopped"> {
  const meter = progressMeter(recipe, { stepsPerEpoch, before: run.record.trainSeconds });
  /** Step at which the last validation was made: its score belongs to the checkpoint of that very step. */
  let validated = -1;
  let from = 0;
  let breath = performance.now();
  for await (const event of events) {
    switch (event.kind) {
      case "start":
        from = event.step;
        break;
      case "step": {
        const { step, metrics, scalars } = event;
        const epoch = event.epoch + 1;
        run.metric({ step, epoch, split: "train", name: "loss", value: metrics.loss! });
        meter.step(event);
        run.heartbeat({ step, trainSeconds: meter.seconds() });
        board?.scalars(step, { "train/loss": metrics.loss!, "train/lr": scalars.lr! });
        if (performance.now() - breath > BREATH_MS) {
          context.report({ kind: "progress", progress: meter.progress() });
          await new Promise((resolve) => setImmediate(resolve));
          breath = performance.now();
        }
        break;
      }
      case "epoch": {
        const { step, metrics, evaluation = {} } = event;
        const epoch = event.epoch + 1;
        validated = step;
        // The loss of every step has the plain name already.
        const { loss: epochLoss, ...others } = metrics;
        const means = { epochLoss: epochLoss!, ...others };
        for (const [name, value] of Object.entries(means)) {
          run.metric({ step, epoch, split: "train", name, value });
        }
        for (const [name, value] of Object.entries(evaluation)) {
          run.metric({ step, epoch, split: "validation", name, value });
        }
        board?.scalars(step, {
          ...prefixed("train", means),
          ...prefixed("validation", evaluation),
        });
        const { loss, accuracy } = validation()!;
        meter.validated(validation()!);
        const progress: Progress = meter.progress();
        run.log(
          `epoch ${epoch}: validation loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}`,
        );
        context.report({
          kind: "epoch",
          progress,
          validationLoss: loss,
          validationAccuracy: accuracy,
        });
        break;
      }
      case "checkpoint":
      case "end": {
        const { checkpoint } = event;
        const { step } = checkpoint.progress;
        run.heartbeat({ step, trainSeconds: meter.seconds() });
        // A run that was killed after its last step has this checkpoint already, with its score.
        if (step > from)
          run.checkpoint(checkpoint, validated === step ? validation()?.score : undefined);
        if (event.kind === "end") return event.reason;
        break;
      }
    }
  }
  throw new Error(`training ended without a last event (${join(run.folder)})`);
}

const prefixed = (prefix: string, values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, v]) => [`${prefix}/${name}`, v]));
