/** A run that is being written: its record, its logs and its checkpoints, kept consistent at every moment. */

import { appendFileSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Checkpoint } from "@frugal/core/training";
import type { ErrorData } from "../app/errors.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import {
  CHECKPOINT_SCHEMA_VERSION,
  type CheckpointState,
  clearUnfinished,
  saveCheckpoint,
} from "./checkpoints.js";
import { discard, makeFolder, runFileError } from "./files.js";
import { configHash, writeConfig } from "./folder.js";
import { type LogWriter, openLog } from "./log.js";
import type { EventRecord, MetricRecord } from "./metrics.js";
import { provenance } from "./provenance.js";
import {
  type DatasetRecord,
  processStart,
  RUN_SCHEMA_VERSION,
  type RunRecord,
  type RunStatus,
  writeRecord,
} from "./record.js";

/** What belongs to a checkpoint beside its tensors and counters. */
export type CheckpointNotes = Pick<CheckpointState, "score" | "stage" | "control">;

export interface RunWriter {
  readonly folder: string;
  readonly record: RunRecord;
  metric(metric: Omit<MetricRecord, "attempt" | "wall">): void;
  event(event: Omit<EventRecord, "attempt" | "wall">): void;
  log(line: string): void;
  /** Publishes a checkpoint; every record up to it is on disk before. */
  checkpoint(checkpoint: Checkpoint, notes?: CheckpointNotes): void;
  /** Notes progress now and then, so that watchers know that the run lives. */
  heartbeat(progress: { readonly step: number; readonly trainSeconds: number }): void;
  finish(
    status: Extract<RunStatus, "completed" | "stopped" | "failed">,
    details?: { readonly error?: ErrorData },
  ): void;
}

export interface RunSetup {
  readonly recipe: ResolvedRecipe;
  readonly engine: string;
  readonly dataset: DatasetRecord;
  readonly totalSteps: number;
}

const HEARTBEAT_MS = 5000;
const thisProcess = () => ({ pid: process.pid, processStart: processStart(process.pid) ?? "" });
const now = (): string => new Date().toISOString();

/** Makes a run folder with its first checkpoint. It appears under its name only when it is whole. */
export function createRun(
  folder: string,
  setup: RunSetup,
  { first, notes = {} }: { readonly first: Checkpoint; readonly notes?: CheckpointNotes },
): RunWriter {
  const { recipe, engine, dataset, totalSteps } = setup;
  const building = join(dirname(folder), `.${basename(folder)}.${process.pid}.tmp`);
  const started = now();
  const record: RunRecord = {
    schemaVersion: RUN_SCHEMA_VERSION,
    id: basename(folder),
    name: recipe.name,
    status: "running",
    attempt: 1,
    restarts: [],
    configHash: configHash(recipe),
    seed: recipe.seed,
    engine,
    dataset,
    ...provenance(),
    ...thisProcess(),
    createdAt: started,
    startedAt: started,
    heartbeatAt: started,
    step: 0,
    totalSteps,
    trainSeconds: 0,
    testEvaluations: 0,
  };
  try {
    makeFolder(building);
    writeConfig(building, recipe);
    writeRecord(building, record);
    storeCheckpoint(building, { checkpoint: first, record, keep: recipe.checkpoint.keep, notes });
    renameSync(building, folder);
  } catch (cause) {
    discard(building);
    throw runFileError(cause, folder, "make the run folder");
  }
  const writer = openRun(folder, record, recipe.checkpoint.keep);
  writer.event({ step: 0, kind: "started", pid: process.pid });
  return writer;
}

/** Opens a run for a further attempt that begins after `step` complete steps. */
export function resumeRun(
  folder: string,
  previous: RunRecord,
  { setup, step }: { readonly setup: RunSetup; readonly step: number },
): RunWriter {
  const attempt = previous.attempt + 1;
  const { error: _, endedAt: __, ...kept } = previous;
  const record: RunRecord = {
    ...kept,
    ...provenance(),
    status: "running",
    attempt,
    restarts: [...previous.restarts, { attempt, step }],
    configHash: configHash(setup.recipe),
    engine: setup.engine,
    totalSteps: setup.totalSteps,
    ...thisProcess(),
    startedAt: now(),
    heartbeatAt: now(),
    step,
  };
  // The record goes first: from here on, older records beyond `step` do not count.
  writeRecord(folder, record);
  writeConfig(folder, setup.recipe);
  clearUnfinished(folder);
  const writer = openRun(folder, record, setup.recipe.checkpoint.keep);
  writer.event({ step, kind: "resumed", pid: process.pid });
  return writer;
}

function storeCheckpoint(
  folder: string,
  options: {
    readonly checkpoint: Checkpoint;
    readonly record: RunRecord;
    readonly keep: number;
    readonly notes: CheckpointNotes;
  },
): string {
  const { checkpoint, record, keep, notes } = options;
  const { progress, parameters, buffers, optimizer } = checkpoint;
  return saveCheckpoint(
    folder,
    {
      state: {
        schemaVersion: CHECKPOINT_SCHEMA_VERSION,
        progress,
        configHash: record.configHash,
        ...notes,
      },
      model: { ...parameters, ...buffers },
      optimizer,
    },
    { keep },
  );
}

/** Opens the files of a run for writing; `keep` checkpoints stay beside the best. */
export function openRun(folder: string, opened: RunRecord, keep: number): RunWriter {
  let record = opened;
  let beat = Date.now();
  const logPath = join(folder, "output.log");
  const metrics: LogWriter = openLog(join(folder, "metrics.jsonl"));
  const events: LogWriter = openLog(join(folder, "events.jsonl"));
  const stamp = () => ({ attempt: record.attempt, wall: Date.now() / 1000 });

  function save(changes: Partial<RunRecord>): void {
    record = { ...record, ...changes, heartbeatAt: now() };
    beat = Date.now();
    writeRecord(folder, record);
  }

  return {
    folder,
    get record() {
      return record;
    },
    metric: (metric) => metrics.append({ ...stamp(), ...metric }),
    event: (event) => events.append({ ...stamp(), ...event }),
    log(line) {
      try {
        appendFileSync(logPath, `${now()} ${line}\n`);
      } catch (cause) {
        throw runFileError(cause, logPath, "write the log");
      }
    },
    checkpoint(checkpoint, notes = {}) {
      const { step } = checkpoint.progress;
      metrics.sync();
      const name = storeCheckpoint(folder, { checkpoint, record, keep, notes });
      events.append({ ...stamp(), step, kind: "checkpoint", name });
      events.sync();
    },
    heartbeat(progress) {
      if (Date.now() - beat > HEARTBEAT_MS) save(progress);
      else record = { ...record, ...progress };
    },
    finish(status, details = {}) {
      events.append({ ...stamp(), step: record.step, kind: "status", status });
      metrics.close();
      events.close();
      save({ status, endedAt: now(), ...details });
    },
  };
}
