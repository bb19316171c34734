/** Runs the trials of a sweep in processes of their own, several at a time, and skips what is done. */

import { existsSync, rmSync } from "node:fs";
import { UserError } from "@frugal/core/base";
import { errorData } from "../app/errors.js";
import { listCheckpoints } from "../run-store/checkpoints.js";
import { configHash } from "../run-store/folder.js";
import { readRecord, recordPath } from "../run-store/record.js";
import { type RunningJob, startJob } from "../worker/host.js";
import type { FromWorker, Job } from "../worker/messages.js";
import type { TrialRecord } from "./record.js";
import { type Trial, trialFolder } from "./trials.js";

export interface TrialOptions {
  readonly folder: string;
  readonly jobs: number;
  readonly tensorboard: boolean;
  readonly verbose: boolean;
  readonly onMessage: (trial: Trial, message: FromWorker) => void;
  /** Called whenever a trial has a new status. */
  readonly onStatus: (trial: Trial, record: TrialRecord) => void;
}

export interface RunningTrials {
  /** "stopped" if `stop` was called before every trial was done. */
  readonly outcome: Promise<"completed" | "stopped">;
  stop(): void;
  kill(): void;
}

/** What has to be done for a trial; undefined if it is finished. */
export function jobFor(
  trial: Trial,
  { folder: sweep, tensorboard }: Pick<TrialOptions, "folder" | "tensorboard">,
): Job | undefined {
  const folder = trialFolder(sweep, trial);
  const { recipe } = trial;
  const common = { folder, recipe, tensorboard, evaluate: false };
  if (existsSync(recordPath(folder))) {
    const record = readRecord(folder);
    const isSame = record.configHash === configHash(recipe);
    if (record.status === "completed" && isSame) return undefined;
    if (record.status === "running") {
      throw new UserError("E_RUN", `trial ${trial.id} is being trained by another process`, {
        where: `process ${record.pid} on ${record.host.hostname}`,
        next: "wait for that sweep, or stop it first",
      });
    }
    if (isSame && listCheckpoints(folder).length > 0) {
      return { kind: "resume", allowConfigChange: false, ...common };
    }
  }
  // Nothing of worth is lost: the trial failed before its first checkpoint, or had other settings.
  rmSync(folder, { recursive: true, force: true });
  return { kind: "train", ...common };
}

export function runTrials(trials: readonly Trial[], options: TrialOptions): RunningTrials {
  const waiting = [...trials];
  const running = new Set<RunningJob>();
  let stopping = false;
  let failure: unknown;

  function note(trial: Trial, rest: Pick<TrialRecord, "status" | "error">): void {
    const { recipe: _, ...identity } = trial;
    options.onStatus(trial, { ...identity, ...rest });
  }

  async function runOne(trial: Trial): Promise<void> {
    const job = jobFor(trial, options);
    if (job === undefined) {
      note(trial, { status: "completed" });
      return;
    }
    const active = startJob(job, {
      verbose: options.verbose,
      onMessage: (message) => options.onMessage(trial, message),
    });
    running.add(active);
    try {
      const { status } = await active.outcome;
      note(trial, { status });
      if (status === "stopped") stopping = true;
    } catch (error) {
      note(trial, { status: "failed", error: errorData(error) });
      // Numbers that explode and processes that die concern one trial; a wrong recipe concerns all of them.
      if (error instanceof UserError && error.code !== "E_NUMERIC") throw error;
    } finally {
      running.delete(active);
    }
  }

  async function lane(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (stopping || failure !== undefined) return;
      try {
        await runOne(next);
      } catch (error) {
        failure ??= error;
        for (const other of running) other.stop();
      }
    }
  }

  const lanes = Array.from({ length: Math.min(options.jobs, trials.length) }, lane);
  return {
    outcome: Promise.all(lanes).then(() => {
      if (failure !== undefined) throw failure;
      return stopping ? "stopped" : "completed";
    }),
    stop() {
      stopping = true;
      for (const job of running) job.stop();
    },
    kill() {
      for (const job of running) job.kill();
    },
  };
}
