/** Which models are compared: files by distinct names, found again by what a user calls them. */

import { realpathSync } from "node:fs";
import { basename, resolve } from "node:path";
import { UserError } from "@frugal/core/base";
import { didYouMean } from "../app/nearest.js";
import { modelWord } from "../profile/model-word.js";
import { namesOf } from "../profile/subject.js";

export interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/** Two ways to write a path, and links, lead to one file; at two sizes it is two models. */
function identity(text: string): string {
  const { path, sizes } = modelWord(text);
  const size = JSON.stringify([...sizes].sort());
  try {
    return `${realpathSync(path)}@${size}`;
  } catch {
    // Reading it says what is wrong with it.
    return `${resolve(path)}@${size}`;
  }
}

/**
 * The files with their names.
 *
 * @throws UserError E_USAGE for fewer than two, or for one that is given twice.
 */
export function namedFiles(paths: readonly string[]): readonly NamedFile[] {
  if (paths.length < 2) {
    throw new UserError("E_USAGE", "one model has nothing to be compared with", {
      allowed: "two or more ONNX files",
      next: `frugal profile ${paths[0] ?? "model.onnx"} shows one model by itself`,
    });
  }
  const files = paths.map(identity);
  const twice = paths.find((_, i) => files.indexOf(files[i]!) !== i);
  if (twice !== undefined) {
    throw new UserError("E_USAGE", "the same file is given twice", {
      where: twice,
      allowed: "different files, or one file at different sizes: a model is always equal to itself",
      next: `leave one of them out, or give each a size, such as ${twice}@batch=1`,
    });
  }
  const names = namesOf(paths);
  return paths.map((path, i) => ({ path, name: names[i]! }));
}

/**
 * The model that a user means: by the name of its column, its path, or its file's name.
 *
 * @throws UserError E_USAGE where there is none, or more than one.
 */
export function fileNamed(
  files: readonly NamedFile[],
  given: string,
  { where }: { readonly where: string },
): NamedFile {
  const ways: readonly ((f: NamedFile) => string)[] = [
    (f) => f.name,
    (f) => f.path,
    (f) => basename(f.path),
    (f) => basename(f.path, ".onnx"),
  ];
  for (const way of ways) {
    const found = files.filter((f) => way(f) === given);
    if (found.length === 1) return found[0]!;
  }
  const names = files.map((f) => f.name);
  throw new UserError("E_USAGE", `no model here is called ${JSON.stringify(given)}`, {
    where,
    allowed: names.join(", "),
    next: didYouMean(given, names) ?? "use a name from the list, or the path of the file",
  });
}
