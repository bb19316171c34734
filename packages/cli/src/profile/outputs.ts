/** Files beside what is printed: each appears as a whole or not at all, and never over a model. */

import { resolve } from "node:path";
import { UserError } from "@frugal/core/base";
import { replaceFile } from "../run-store/files.js";

export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/** Writes the files; refuses a path that is one of the models, or given twice. */
export function writeOutputs(
  files: readonly OutputFile[],
  { models }: { readonly models: readonly string[] },
): void {
  const taken = new Set(models.map((path) => resolve(path)));
  for (const { path } of files) {
    const full = resolve(path);
    if (path !== "" && !taken.has(full)) {
      taken.add(full);
      continue;
    }
    throw new UserError("E_USAGE", `cannot write to ${JSON.stringify(path)}`, {
      allowed: "a file that is neither a model nor written twice",
      next: "name another file",
    });
  }
  for (const { path, text } of files) replaceFile(path, text);
}
