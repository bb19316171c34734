/** The training loop: a stream of events over steps that the engine runs. */

import { UserError } from "../base/index.js";
import type { Engine, Feeds } from "../engine/index.js";
import type { Schedule } from "../optim/index.js";
import { checkpointOf, restoredState } from "./checkpoint.js";
import { diagnose } from "./diagnose.js";
import { type ScalarSource, stepFeeds } from "./feeds.js";
import { stepRunner, stepsPerRun } from "./runner.js";
import type { TrainStep } from "./step.js";
import type { BatchSource, Checkpoint, ModelState, Progress, TrainEvent } from "./types.js";

export interface TrainOptions {
  readonly engine: Engine;
  readonly step: TrainStep;
  readonly source: BatchSource;
  readonly epochs: number;
  /** Seed of the noise. */
  readonly seed: number;
  /** Base learning rate. */
  readonly lr: number;
  /** Factor of the learning rate. Default: constant. */
  readonly schedule?: Schedule;
  /** Values of further scalar inputs of the step, such as "lambda". Asked before every step. */
  readonly scalars?: Readonly<Record<string, ScalarSource>>;
  /** Go on from here. */
  readonly resume?: Checkpoint;
  /**
   * Steps in one run of the engine: one that is small runs together with its neighbours, which changes nothing but the
   * time. Default: as `stepsPerRun` finds.
   */
  readonly together?: number;
  /** Asked after every run of the engine: whether to end with a checkpoint now. */
  readonly stop?: () => boolean;
  /**
   * Whether to emit a checkpoint after a step. Asked of every step, and beforehand of steps that could run together: it
   * must answer by the counters alone. Default: never; the last event has one.
   */
  readonly checkpoint?: (progress: Progress) => boolean;
  /** Called after every epoch with the current weights; its numbers go into the epoch's event. */
  readonly evaluate?: (state: ModelState, epoch: number) => Promise<Record<string, number>>;
  /** Milliseconds. Core has no clock of its own. */
  readonly now: () => number;
  /** Keep a copy of the state at every epoch's start, to find the cause of a NaN. Default true. */
  readonly diagnose?: boolean;
}

/** Sums of metrics over the finished steps of an epoch. */
class EpochMeans {
  private sums: Record<string, number> = {};

  constructor(start: Readonly<Record<string, number>>) {
    this.sums = { ...start };
  }

  add(metrics: Readonly<Record<string, number>>): void {
    for (const [name, v] of Object.entries(metrics)) this.sums[name] = (this.sums[name] ?? 0) + v;
  }

  held(): Record<string, number> {
    return { ...this.sums };
  }

  /** The means over `steps` steps; begins anew. */
  take(steps: number): Record<string, number> {
    const means = Object.fromEntries(Object.entries(this.sums).map(([k, v]) => [k, v / steps]));
    this.sums = {};
    return means;
  }
}

/**
 * Trains for `epochs`, from the start or from a checkpoint, and tells what happens. A run that is stopped and resumed
 * goes through the very same batches, noise and schedule as one that is not.
 *
 * @throws UserError E_NUMERIC, naming the first bad tensor, when the loss or a metric is not finite.
 * @example
 * const now = () => performance.now();
 * for await (const event of train({ engine, step, source, epochs: 3, seed: 1, lr: 0.1, now })) {
 *   if (event.kind === "epoch") console.log(event.metrics.loss);
 * }
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, void> {
  const { engine, step, source, epochs, seed, lr, now, resume, stop, evaluate } = options;
  const { schedule = () => 1, scalars = {}, checkpoint: wanted } = options;
  const { stepsPerEpoch } = source;
  if (!Number.isInteger(epochs) || epochs < 1 || stepsPerEpoch < 1) {
    throw new UserError("E_CONFIG", `${epochs} epochs of ${stepsPerEpoch} steps`, {
      where: "train",
      allowed: "at least one of each",
    });
  }
  const totalSteps = epochs * stepsPerEpoch;
  const state = resume ? restoredState(step, resume, { seed, stepsPerEpoch }) : step.state;
  const feeds = stepFeeds(step, {
    source,
    totalSteps,
    seed,
    scalars: { lr: (s, total) => lr * schedule(s, total), step: (s) => s + 1, ...scalars },
  });
  const means = new EpochMeans(resume?.progress.sums ?? {});
  let done = resume?.progress.step ?? 0;

  const progress = (step = done): Progress => ({
    version: 1,
    seed,
    stepsPerEpoch,
    step,
    epoch: Math.floor(step / stepsPerEpoch),
    position: step % stepsPerEpoch,
    sums: means.held(),
  });

  const { together = stepsPerRun(step) } = options;
  const runner = stepRunner({ engine, step, state, turns: together });
  /** Steps of the next run. Groups begin at fixed places of an epoch, so that a resumed run forms the same ones. */
  function nextGroup(): number {
    const position = done % stepsPerEpoch;
    if (position % together !== 0 || position + together > stepsPerEpoch) return 1;
    for (let i = 1; i < together; i++) if (wanted?.(progress(done + i))) return 1;
    return together;
  }
  const readCheckpoint = async () => checkpointOf(step, await runner.readState(), progress());
  try {
    yield { kind: "start", step: done, totalSteps, stepsPerEpoch };
    let snapshot: { step: number; state: Feeds } | undefined;
    let epochMs = 0;
    let epochSamples = 0;
    while (done < totalSteps) {
      const first = done;
      if (options.diagnose !== false && (!snapshot || first % stepsPerEpoch === 0)) {
        snapshot = { step: first, state: await runner.readState() };
      }
      const began = now();
      const size = nextGroup();
      const group =
        size === 1
          ? [feeds.at(first)]
          : Array.from({ length: size }, (_, i) => feeds.at(first + i, i));
      const results = await runner.run(group.map((g) => g.feeds));
      const elapsedMs = (now() - began) / size;
      const epoch = Math.floor(first / stepsPerEpoch);
      for (const [i, outputs] of results.entries()) {
        const metrics: Record<string, number> = {};
        for (const name of step.metrics) metrics[name] = Number(outputs[name]!.data[0]);
        const bad = step.metrics.find((name) => !Number.isFinite(metrics[name]));
        if (bad !== undefined) {
          const failed = first + i;
          const symptom = `${bad} is ${Number.isNaN(metrics[bad]) ? "NaN" : "infinite"}`;
          if (!snapshot) throw new UserError("E_NUMERIC", `${symptom} at step ${failed + 1}`);
          const feedsAt = (s: number) => feeds.at(s).feeds;
          throw await diagnose({ engine, runner, step, snapshot, failed, feedsAt, symptom });
        }
        done++;
        means.add(metrics);
        epochMs += elapsedMs;
        epochSamples += group[i]!.samples;
        const { scalars: fed } = group[i]!;
        yield { kind: "step", step: done, epoch, metrics, scalars: fed, elapsedMs };
      }

      if (done % stepsPerEpoch === 0) {
        const averages = means.take(stepsPerEpoch);
        const evaluation = evaluate && (await evaluate(await readCheckpoint(), epoch));
        yield {
          kind: "epoch",
          epoch,
          step: done,
          metrics: averages,
          ...(evaluation ? { evaluation } : {}),
          elapsedMs: epochMs,
          samplesPerSecond: epochMs > 0 ? (1000 * epochSamples) / epochMs : 0,
        };
        epochMs = 0;
        epochSamples = 0;
      }
      if (done === totalSteps) break;
      if (stop?.()) {
        yield { kind: "end", reason: "stopped", checkpoint: await readCheckpoint() };
        return;
      }
      if (wanted?.(progress())) yield { kind: "checkpoint", checkpoint: await readCheckpoint() };
    }
    yield { kind: "end", reason: "completed", checkpoint: await readCheckpoint() };
  } finally {
    await runner.dispose();
  }
}
