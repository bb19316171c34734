/** sweep.json: the trials of a sweep and where each of them stands. */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "@frugal/core/base";
import type { ErrorData } from "../app/errors.js";
import type { ObjectiveKind, ResolvedRecipe } from "../recipe/schema.js";
import { makeFolder, readText, replaceFile } from "../run-store/files.js";
import type { RunStatus } from "../run-store/record.js";

export const SWEEP_SCHEMA_VERSION = 1;

export interface TrialRecord {
  readonly id: string;
  readonly kind: ObjectiveKind;
  readonly lambda?: number;
  readonly sigma?: number;
  readonly seed: number;
  readonly status: RunStatus;
  readonly error?: ErrorData;
}

export interface SweepRecord {
  readonly schemaVersion: typeof SWEEP_SCHEMA_VERSION;
  readonly name: string;
  readonly recipe: ResolvedRecipe;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly trials: readonly TrialRecord[];
}

export const sweepPath = (folder: string): string => join(folder, "sweep.json");
export const isSweep = (folder: string): boolean => existsSync(sweepPath(folder));

export function writeSweep(folder: string, record: SweepRecord): void {
  makeFolder(folder);
  replaceFile(sweepPath(folder), `${JSON.stringify(record, null, 2)}\n`);
}

export function readSweep(folder: string): SweepRecord {
  const path = sweepPath(resolve(folder));
  const record = JSON.parse(readText(path)) as SweepRecord;
  if (record.schemaVersion !== SWEEP_SCHEMA_VERSION) {
    throw new UserError("E_RUN", `${folder} was written by another version of Frugal`, {
      where: `${path}: schemaVersion ${JSON.stringify(record.schemaVersion) ?? "missing"}`,
      allowed: `schemaVersion ${SWEEP_SCHEMA_VERSION}`,
      next: "use the version of Frugal that wrote it, or sweep again",
    });
  }
  return record;
}
