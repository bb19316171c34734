/** One stretch of training: its events go into the run folder and to whoever watches. */

import type { Engine } from "@frugal/core/engine";
import { type BatchSource, type Checkpoint, type TrainEvent, train } from "@frugal/core/training";
import { lambdaOf, type ResolvedRecipe } from "../recipe/schema.js";
import type { RunWriter } from "../run-store/run.js";
import type { TensorboardWriter } from "../run-store/tensorboard.js";
import { batchSource, type RecipeData } from "../training/data.js";
import { recipeSchedule } from "../training/network.js";
import { pressureMonitor } from "../training/pressure.js";
import type { Begun, Stretch } from "../training/program.js";
import { createValidator, type ValidationMetrics } from "../training/validation.js";
import type { JobContext } from "./context.js";
import type { Progress } from "./messages.js";
import { progressMeter } from "./meter.js";
import { warner } from "./warnings.js";

export interface StretchOptions {
  readonly recipe: ResolvedRecipe;
  readonly data: RecipeData;
  readonly source: BatchSource;
  readonly engine: Engine;
  readonly run: RunWriter;
  readonly board: TensorboardWriter | undefined;
  readonly context: JobContext;
}

export interface StretchEnd {
  readonly reason: "completed" | "stopped";
  readonly checkpoint: Checkpoint;
}

/** Lets messages in; a step may be much shorter than this. */
const BREATH_MS = 50;

/** Trains to the end of the stretch, or until it is asked to stop. */
export async function trainStretch(
  { stretch, from }: Begun,
  options: StretchOptions,
): Promise<StretchEnd> {
  const { recipe, data, source, engine, run, context } = options;
  const { stepsPerEpoch } = source;
  const totalSteps = recipe.epochs * stepsPerEpoch;
  const lastStep = stretch.until * stepsPerEpoch;
  let done = from.progress.step;
  // A run that was stopped between two stretches has nothing left of the first.
  if (done >= lastStep) return { reason: "completed", checkpoint: from };
  const { validation } = data.splits;
  const batchSize = Math.min(recipe.evaluate.batchSize, validation.n);
  const validator = createValidator({
    engine,
    traced: stretch.traced,
    source: batchSource(validation, { batchSize, normalisation: data.normalisation }),
    labels: Int32Array.from(validation.labels),
    batchSize,
    ...(stretch.leaves ? { leaves: stretch.leaves } : {}),
  });
  let latest: ValidationMetrics | undefined;
  const every = recipe.monitor?.pressure;
  const monitor =
    stretch.pressure &&
    every &&
    pressureMonitor({
      ...{ engine, source, pressure: stretch.pressure, step: stretch.step, seed: recipe.seed },
      scalars: stretch.scalars,
      totalSteps,
    });
  const { everyEpochs, everySteps } = recipe.checkpoint;
  const events = train({
    engine,
    step: stretch.step,
    source,
    epochs: recipe.epochs,
    seed: recipe.seed,
    lr: recipe.optimizer.lr,
    schedule: recipeSchedule(recipe, stepsPerEpoch),
    scalars: stretch.scalars,
    resume: from,
    ...(stretch.together === undefined ? {} : { together: stretch.together }),
    stop: () => context.stop() || done >= lastStep,
    checkpoint: ({ step, position, epoch }) =>
      (position === 0 && epoch % everyEpochs === 0) ||
      (everySteps !== undefined && step % everySteps === 0),
    evaluate: async (weights, epoch) => {
      latest = await validator.run(weights, lambdaOf(recipe));
      const isDue = monitor && (epoch + 1) % every === 0;
      const pressed = isDue ? await monitor.measure(weights, (epoch + 1) * stepsPerEpoch) : {};
      return { ...flat(latest), ...pressed };
    },
    now: () => performance.now(),
  });
  const warnings = warner({ stretch, run, context, done, lastStep, totalSteps });
  const watched = watch(events, (event) => {
    if (event.kind === "step") done = event.step;
    if (event.kind === "step" || event.kind === "epoch") stretch.observe?.(event);
    warnings.see(event);
  });
  try {
    const ended = await follow(watched, {
      ...options,
      stretch,
      validation: () => latest,
    });
    return done >= lastStep ? { ...ended, reason: "completed" } : ended;
  } catch (error) {
    warnings.failed(error, done);
    throw error;
  } finally {
    await validator.dispose();
    if (monitor) await monitor.dispose();
  }
}

async function* watch(
  events: AsyncIterable<TrainEvent>,
  see: (event: TrainEvent) => void,
): AsyncGenerator<TrainEvent, void, void> {
  for await (const event of events) {
    see(event);
    yield event;
  }
}

/** Metrics of a validation as plain names and numbers. */
function flat({ accuracies, ...rest }: ValidationMetrics): Record<string, number> {
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== undefined)),
    ...Object.fromEntries(Object.entries(accuracies).map(([k, v]) => [`accuracy.${k}`, v])),
  };
}

interface Followed extends StretchOptions {
  readonly stretch: Stretch;
  readonly validation: () => ValidationMetrics | undefined;
}

/** Writes what training tells into the run folder, and reports it. */
async function follow(
  events: AsyncIterable<TrainEvent>,
  { recipe, source, run, board, context, stretch, validation }: Followed,
): Promise<StretchEnd> {
  const { stepsPerEpoch } = source;
  const { stepMetrics = [], isFinal = true } = stretch;
  const pressed = stretch.pressure?.outputs ?? {};
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
        const all = { ...metrics, ...scalars };
        for (const name of ["loss", ...stepMetrics]) {
          run.metric({ step, epoch, split: "train", name, value: all[name]! });
        }
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
          // Measured between epochs as validation is, but on a training batch.
          const split = name in pressed ? "train" : "validation";
          run.metric({ step, epoch, split, name, value });
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
        const score = isFinal && validated === step ? validation()?.score : undefined;
        const notes = { ...stretch.notes?.(), ...(score === undefined ? {} : { score }) };
        if (step > from) run.checkpoint(checkpoint, notes);
        if (event.kind === "end") return { reason: event.reason, checkpoint };
        break;
      }
    }
  }
  throw new Error(`training ended without a last event (${run.folder})`);
}

const prefixed = (prefix: string, values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, v]) => [`${prefix}/${name}`, v]));
