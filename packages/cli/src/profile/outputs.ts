/** Files beside what is printed: each appears as a whole or not at all, and never over a model. */

import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UserError } from "@frugal/core/base";
import { replaceFile } from "../run-store/files.js";

export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

function requireFolder(path: string): void {
  const folder = dirname(resolve(path));
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw new Error("it is a folder");
    // A file takes the place of what was there: never that of a device or a pipe.
    if (there && !there.isFile()) throw new Error("it is a device or a pipe");
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? `the folder ${folder} does not exist` : message;
    throw new UserError("E_RUN", `cannot write the file: ${why}`, {
      where: path,
      allowed: "a file in a folder that exists and can be written to",
      next: code === "ENOENT" ? `make it: mkdir -p ${folder}` : "name another file",
      cause,
    });
  }
}

/** Refuses a path that is one of the models, given twice, or cannot be written: before minutes are spent on measuring. */
export function checkOutputs(
  paths: readonly (string | undefined)[],
  { models }: { readonly models: readonly string[] },
): void {
  const taken = new Set(models.map((path) => resolve(path)));
  for (const path of paths) {
    if (path === undefined) continue;
    const full = resolve(path);
    if (path !== "" && !taken.has(full)) {
      taken.add(full);
      requireFolder(path);
      continue;
    }
    throw new UserError("E_USAGE", `cannot write to ${JSON.stringify(path)}`, {
      allowed: "a file that is neither a model nor written twice",
      next: "name another file",
    });
  }
}

/** Writes the files, which `checkOutputs` has let pass. */
export function writeOutputs(files: readonly OutputFile[]): void {
  for (const { path, text } of files) replaceFile(path, text);
}
