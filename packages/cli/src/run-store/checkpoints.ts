/** Checkpoints: folders that appear whole, of which the newest few and the best stay. */

import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import type { Feeds } from "@frugal/core/engine";
import { readSafetensors, writeSafetensors } from "@frugal/core/formats";
import type { ControlState } from "@frugal/core/objectives";
import type { HostTensor } from "@frugal/core/tensor";
import type { Progress } from "@frugal/core/training";
import {
  discard,
  makeFolder,
  readText,
  runFileError,
  syncFolder,
  type Write,
  writeDurably,
} from "./files.js";

export const CHECKPOINT_SCHEMA_VERSION = 1;

export interface CheckpointState {
  readonly schemaVersion: typeof CHECKPOINT_SCHEMA_VERSION;
  /** Batches, noise and schedule follow from seed and step alone. */
  readonly progress: Progress;
  readonly configHash: string;
  /** Objective on validation, lower is better; absent between validations. */
  readonly score?: number;
  /** Of a run that removes channels (deciding) or masks weights (warmup): its network is still the whole one. */
  readonly stage?: "deciding" | "warmup";
  /** With it: what sets the prices of the budget, where there are gates. */
  readonly control?: ControlState;
}

/** A checkpoint as it lies in a folder: parameters and buffers are one file, the model. */
export interface StoredCheckpoint {
  readonly state: CheckpointState;
  /** Parameters and buffers by path. */
  readonly model: Feeds;
  /** Slots of the optimiser by name. */
  readonly optimizer: Feeds;
}

export const checkpointName = (step: number): string => `step-${String(step).padStart(8, "0")}`;
const namePattern = /^step-\d{8,}$/;
const folderOf = (run: string): string => join(run, "checkpoints");

/** Names of the checkpoints of a run, oldest first. */
export function listCheckpoints(run: string): string[] {
  const folder = folderOf(run);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => namePattern.test(name))
    .sort();
}

/** Saves a checkpoint, then removes the ones that need not stay. */
export function saveCheckpoint(
  run: string,
  checkpoint: StoredCheckpoint,
  { keep, write }: { readonly keep: number; readonly write?: Write },
): string {
  const folder = folderOf(run);
  const name = checkpointName(checkpoint.state.progress.step);
  const target = join(folder, name);
  const temporary = join(folder, `.${name}.${process.pid}.tmp`);
  makeFolder(folder);
  try {
    makeFolder(temporary);
    const files: [string, Uint8Array | string][] = [
      ["model.safetensors", writeSafetensors(checkpoint.model)],
      ["optimizer.safetensors", writeSafetensors(checkpoint.optimizer)],
      ["state.json", `${JSON.stringify(checkpoint.state, null, 2)}\n`],
    ];
    for (const [file, bytes] of files) writeDurably(join(temporary, file), bytes, write);
    syncFolder(temporary);
    // A checkpoint of the same step is replaced: an interrupted attempt may have left one.
    remove(folder, name);
    renameSync(temporary, target);
    syncFolder(folder);
  } catch (cause) {
    discard(temporary);
    throw runFileError(cause, target, "save the checkpoint");
  }
  prune(run, keep);
  return name;
}

function prune(run: string, keep: number): void {
  const names = listCheckpoints(run);
  const best = bestCheckpoint(run);
  for (const name of names.slice(0, -keep)) {
    if (name !== best) remove(folderOf(run), name);
  }
}

/** Takes a checkpoint out of sight in one step, then deletes it: a kill in between leaves no half of it. */
function remove(folder: string, name: string): void {
  const path = join(folder, name);
  if (!existsSync(path)) return;
  const hidden = join(folder, `.${name}.${process.pid}.old.tmp`);
  renameSync(path, hidden);
  rmSync(hidden, { recursive: true, force: true });
}

/** The checkpoint with the lowest score; undefined where none has one. */
export function bestCheckpoint(run: string): string | undefined {
  let best: { name: string; score: number } | undefined;
  for (const name of listCheckpoints(run)) {
    const { score } = readState(run, name);
    if (score !== undefined && (best === undefined || score < best.score)) best = { name, score };
  }
  return best?.name;
}

/** Removes what a killed writer left unfinished. */
export function clearUnfinished(run: string): void {
  const folder = folderOf(run);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.endsWith(".tmp")) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function readState(run: string, name: string): CheckpointState {
  const path = join(folderOf(run), name, "state.json");
  const state = JSON.parse(readText(path)) as CheckpointState;
  if (state.schemaVersion !== CHECKPOINT_SCHEMA_VERSION) {
    throw new UserError("E_RUN", "the checkpoint was written by another version of Frugal", {
      where: `${path}: schemaVersion ${JSON.stringify(state.schemaVersion) ?? "missing"}`,
      allowed: `schemaVersion ${CHECKPOINT_SCHEMA_VERSION}`,
      next: "use the version of Frugal that wrote it, or train again",
    });
  }
  return state;
}

/** A checkpoint by name: "last", "best", or step-XXXXXXXX. */
export function readCheckpoint(run: string, which = "last"): StoredCheckpoint {
  const names = listCheckpoints(run);
  const name =
    which === "last"
      ? names.at(-1)
      : which === "best"
        ? (bestCheckpoint(run) ?? names.at(-1))
        : which;
  if (name === undefined || !names.includes(name)) {
    throw new UserError(
      "E_RUN",
      name ? `there is no checkpoint ${name}` : "the run has no checkpoint",
      {
        where: folderOf(run),
        allowed: ["last", "best", ...names].join(", "),
        next: names.length === 0 ? "train again from the start" : "choose another checkpoint",
      },
    );
  }
  const tensors = (file: string): Record<string, HostTensor> => {
    const path = join(folderOf(run), name, file);
    let bytes: Uint8Array;
    try {
      // A plain array: slices of a Buffer are views, not copies.
      bytes = new Uint8Array(readFileSync(path));
    } catch (cause) {
      throw runFileError(cause, path, "read the checkpoint");
    }
    return Object.fromEntries(readSafetensors(bytes, path).tensors);
  };
  return {
    state: readState(run, name),
    model: tensors("model.safetensors"),
    optimizer: tensors("optimizer.safetensors"),
  };
}
