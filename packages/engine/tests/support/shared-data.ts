/** Finds the shared test data, which are not in the repository. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The path of a shared data file: below $FRUGAL_SHARED_DATA, or a `shared/data` beside or above the repository. */
export function sharedData(name: string): string | undefined {
  const roots = process.env.FRUGAL_SHARED_DATA ? [process.env.FRUGAL_SHARED_DATA] : [];
  let folder = dirname(fileURLToPath(import.meta.url));
  while (dirname(folder) !== folder) {
    roots.push(join(folder, "shared", "data"));
    folder = dirname(folder);
  }
  return roots.map((root) => join(root, name)).find((path) => existsSync(path));
}

/** Unpacks a tar archive with xz compression into a new temporary folder; undefined where the system cannot. */
export function unpack(archive: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "frugal-vectors-"));
  // Node has no xz; every tar that test machines have does.
  return spawnSync("tar", ["-xJf", archive, "-C", folder]).status === 0 ? folder : undefined;
}
