/** The names that examples use without importing them, and where each comes from. */

import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { openNames, type Snippet } from "./snippet.js";
import { fromRoot, publicModules } from "./sources.js";

export const sceneFile = fromRoot("packages/cli/tests/docs/scene.ts");

type Exports = Readonly<Record<string, unknown>>;

/** What a module exports, loaded once; a path or the name of a public module. */
const loaded = new Map<string, Promise<Exports>>();
export function load(specifier: string): Promise<Exports> {
  const known = publicModules.find((m) => m.name === specifier)?.file;
  const target =
    known ?? (specifier.startsWith("/") ? specifier.replace(/\.js$/, ".ts") : specifier);
  let module = loaded.get(target);
  if (!module) {
    const url = target.startsWith("/") ? pathToFileURL(target).href : target;
    module = import(/* @vite-ignore */ url) as Promise<Exports>;
    loaded.set(target, module);
  }
  return module;
}

/** The index.ts files of the folders that a source lies in, the nearest first. */
function indexesAbove(file: string): string[] {
  const folders = file.split("/").slice(0, -1);
  return folders
    .map((_, i) => fromRoot(`${folders.slice(0, folders.length - i).join("/")}/index.ts`))
    .filter((path) => existsSync(path));
}

/**
 * Import lines for the names that an example of a source file leaves open: from the file itself, from the folders that it
 * lies in, from the lowest public module that has it, from the scene.
 */
export async function importsFor({ file, text }: Snippet): Promise<string> {
  const names = publicModules.map((m) => m.name);
  const places = [fromRoot(file), ...indexesAbove(file), ...names, sceneFile];
  const lines: string[] = [];
  for (const name of openNames(text)) {
    for (const place of places) {
      if (!(name in (await load(place)))) continue;
      lines.push(`import { ${name} } from ${JSON.stringify(place.replace(/\.ts$/, ".js"))};`);
      break;
    }
  }
  return lines.join(" ");
}
