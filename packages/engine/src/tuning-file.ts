/** The tuning cache as one small JSON file per machine and runtime version. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { TuningCache } from "./tune.js";

/** Where caches live: `$FRUGAL_HOME`, else `~/.frugal`. */
export const cacheFolder = (): string =>
  join(process.env.FRUGAL_HOME ?? join(homedir(), ".frugal"), "cache");

function read(path: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
  } catch {
    // Missing or torn: measuring again is all it costs.
    return {};
  }
}

/**
 * A cache in `<folder>/<name>.json`. Where it cannot be written it works for this process alone: tuning is an
 * optimisation, never a reason to fail.
 */
export function fileTuningCache(name: string, folder: string = cacheFolder()): TuningCache {
  const path = join(folder, `${name.replace(/[^\w.-]+/g, "-")}.json`);
  const choices = new Map(Object.entries(read(path)));
  return {
    get: (key) => choices.get(key),
    set: (key, lowering) => choices.set(key, lowering),
    save() {
      try {
        mkdirSync(dirname(path), { recursive: true });
        const temporary = `${path}.${process.pid}.tmp`;
        // Others may have measured meanwhile: keep what they found.
        const merged = { ...read(path), ...Object.fromEntries(choices) };
        writeFileSync(temporary, `${JSON.stringify(merged, null, 1)}\n`);
        renameSync(temporary, path);
      } catch {
        return;
      }
    },
  };
}
