/** run.json: what a run is, where it stands, and everything needed to believe its numbers. */

import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import type { ErrorData } from "../app/errors.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { readText, replaceFile, type Write } from "./files.js";
import type { Provenance } from "./provenance.js";

/** Readers refuse other versions; raise it when a field changes its meaning. */
export const RUN_SCHEMA_VERSION = 1;

export type RunStatus =
  | "queued"
  | "running"
  | "completed"
  | "failed"
  | "stopped"
  | "pruned"
  | "interrupted";

/** What is known of the data that a run saw. */
export interface DatasetRecord {
  readonly name: string;
  /** SHA-256 over shapes, labels and pixels. */
  readonly fingerprint: string;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly note?: string;
}

/** The figures that tables show of a finished run. */
export interface RunSummary {
  readonly split: string;
  /** Accuracy of the whole network, 0 to 1. */
  readonly fullAccuracy: number;
  readonly fullMacs: number;
  readonly expectedMacs?: number;
}

export interface RunRecord extends Provenance {
  readonly schemaVersion: typeof RUN_SCHEMA_VERSION;
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  /** 1 for a run that was never resumed. */
  readonly attempt: number;
  /** Steps that were complete when each attempt began: records of older attempts after them do not count. */
  readonly restarts: readonly { readonly attempt: number; readonly step: number }[];
  /** SHA-256 of config.json. */
  readonly configHash: string;
  readonly seed: number;
  readonly engine: string;
  readonly dataset: DatasetRecord;
  readonly pid: number;
  /** With the number of the process, says whether it is still the same one. */
  readonly processStart: string;
  readonly createdAt: string;
  readonly startedAt: string;
  readonly heartbeatAt: string;
  readonly endedAt?: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly trainSeconds: number;
  readonly error?: ErrorData;
  readonly summary?: RunSummary;
  /** How often the test split was evaluated: each look is a chance to choose by it. */
  readonly testEvaluations: number;
  /** Settings of the evaluation whose result lies in eval/test.json. */
  readonly evaluatedWith?: ResolvedRecipe["evaluate"];
}

/** A living process on this machine may be silent for this long, within a slow step. */
const SILENCE_LIVING_MS = 15 * 60_000;
/** On another machine only the heartbeat is known. */
const SILENCE_REMOTE_MS = 60_000;

export const recordPath = (folder: string): string => join(folder, "run.json");

export function writeRecord(folder: string, record: RunRecord, write?: Write): void {
  replaceFile(recordPath(folder), `${JSON.stringify(record, null, 2)}\n`, write);
}

/** The record of a run, with the status that is true now: a process that died says nothing itself. */
export function readRecord(folder: string, now = Date.now()): RunRecord {
  const path = recordPath(folder);
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (cause) {
    if (cause instanceof UserError) {
      throw new UserError("E_RUN", `${folder} is no run folder: it has no readable run.json`, {
        where: path,
        allowed: "a folder that frugal train or frugal sweep made",
        next: "frugal runs lists the runs",
        cause,
      });
    }
    throw new UserError("E_RUN", `${path} is damaged: it is no JSON`, {
      where: path,
      allowed: "the file that frugal train wrote",
      next: "restore the file or train again",
      cause,
    });
  }
  const { schemaVersion } = (value ?? {}) as { schemaVersion?: unknown };
  if (schemaVersion !== RUN_SCHEMA_VERSION) {
    throw new UserError("E_RUN", `${folder} was written by another version of Frugal`, {
      where: `${path}: schemaVersion ${JSON.stringify(schemaVersion) ?? "missing"}`,
      allowed: `schemaVersion ${RUN_SCHEMA_VERSION}`,
      next: "use the version of Frugal that wrote it, or train again",
    });
  }
  const record = value as RunRecord;
  return { ...record, status: currentStatus(record, now) };
}

/** Changes some fields of a run that nobody is training. */
export function updateRecord(folder: string, changes: Partial<RunRecord>): RunRecord {
  const record = { ...readRecord(folder), ...changes };
  writeRecord(folder, record);
  return record;
}

/**
 * When a process began, by the clock of the system that runs it; undefined if it is gone. Numbers of processes are used
 * again, and one that died without being waited for still has its number.
 */
export function processStart(pid: number): string | undefined {
  if (process.platform !== "linux") return isAlive(pid) ? "" : undefined;
  try {
    // After the name, which may hold spaces and brackets: state, then 18 others, then the start (proc(5), field 22).
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // EPERM: it lives, but is not ours.
    return (cause as NodeJS.ErrnoException).code === "EPERM";
  }
}

function currentStatus(record: RunRecord, now: number): RunStatus {
  if (record.status !== "running") return record.status;
  const silence = now - Date.parse(record.heartbeatAt);
  const isHere = record.host.hostname === hostname();
  const lives = isHere
    ? processStart(record.pid) === record.processStart && silence < SILENCE_LIVING_MS
    : silence < SILENCE_REMOTE_MS;
  return lives ? "running" : "interrupted";
}
