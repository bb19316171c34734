/** Run folders: their names, their making, and the list of them. */

import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { UserError } from "@frugal/core/base";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { makeFolder, readText, replaceFile, runFileError } from "./files.js";
import { type RunRecord, readRecord, recordPath } from "./record.js";

/** `20260131-235959-digits-0f3a`: sorts by time, says what it is, never meets another. */
export function newRunId(name: string, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return `${stamp}-${name}-${randomBytes(2).toString("hex")}`;
}

/** Makes the folder of a new run; fails if there is one. */
export function createRunFolder(root: string, id: string): string {
  const folder = resolve(root, id);
  makeFolder(resolve(root));
  try {
    mkdirSync(folder);
  } catch (cause) {
    throw runFileError(cause, folder, "make the run folder");
  }
  return folder;
}

/** JSON with sorted keys, so that equal settings have equal hashes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === "object" && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}

/** The part of a recipe that decides what training does: how a sweep is laid out or evaluated does not. */
export function configHash(recipe: ResolvedRecipe): string {
  const { sweep: _, evaluate: __, $schema: ___, ...training } = recipe;
  return createHash("sha256").update(canonicalJson(training)).digest("hex");
}

export const configPath = (folder: string): string => join(folder, "config.json");

export function writeConfig(folder: string, recipe: ResolvedRecipe): void {
  replaceFile(configPath(folder), `${JSON.stringify(recipe, null, 2)}\n`);
}

export const readConfig = (folder: string): unknown => JSON.parse(readText(configPath(folder)));

/** The folder that a person means by a path, or by the name of a run in `root`. */
export function findRun(given: string, root = "runs"): string {
  for (const folder of [resolve(given), resolve(root, given)]) {
    if (existsSync(recordPath(folder))) return folder;
  }
  const known = listRuns(root).map(({ folder }) => basename(folder));
  throw new UserError("E_RUN", `there is no run ${JSON.stringify(given)}`, {
    where: resolve(given),
    allowed: known.length === 0 ? "a run folder with a run.json" : known.slice(-5).join(", "),
    next: "frugal runs lists the runs",
  });
}

/** The runs in a folder that can be read, oldest first. */
export function listRuns(root: string): { readonly folder: string; readonly record: RunRecord }[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .sort()
    .map((name) => resolve(root, name))
    .filter((folder) => existsSync(recordPath(folder)))
    .flatMap((folder) => {
      try {
        return [{ folder, record: readRecord(folder) }];
      } catch {
        // A list is no place to fail: the run itself says what is wrong with it.
        return [];
      }
    });
}
