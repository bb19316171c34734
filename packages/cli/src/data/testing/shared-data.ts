/** Finds the real data files that some tests use, and skips those tests where they are not. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";

function find(): string | undefined {
  const given = process.env.FRUGAL_SHARED_DATA;
  if (given) return given;
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, "shared", "data");
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

const root = find();

/** Tests over `shared/data/<name>`; skipped, with the reason in their title, where it is absent. */
export function describeShared(name: string, body: (folder: string) => void): void {
  const folder = root === undefined ? undefined : join(root, name);
  if (folder !== undefined && existsSync(folder))
    describe(`on the real ${name} files`, () => body(folder));
  else describe.skip(`skipped: no shared/data/${name}, set FRUGAL_SHARED_DATA`, () => body(""));
}
