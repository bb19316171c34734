/** eval/<split>-firing.json: what fired in a run, and what that costs on the zero-skipping accelerator. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import { FIRING_FORMAT, type FiringEvaluation } from "@frugal/core/evaluation";
import { makeFolder, replaceFile } from "../run-store/files.js";

const firingPath = (folder: string, split: string): string =>
  join(folder, "eval", `${split}-firing.json`);

export function writeFiring(folder: string, found: FiringEvaluation): void {
  makeFolder(join(folder, "eval"));
  replaceFile(firingPath(folder, found.split), `${JSON.stringify(found, null, 2)}\n`);
}

export const hasFiring = (folder: string, split: string): boolean =>
  existsSync(firingPath(folder, split));

/** Undefined where nothing was counted. */
export function readFiring(folder: string, split: string): FiringEvaluation | undefined {
  if (!hasFiring(folder, split)) return undefined;
  const path = firingPath(folder, split);
  const found = JSON.parse(readFileSync(path, "utf8")) as FiringEvaluation;
  if (found.format === FIRING_FORMAT) return found;
  throw new UserError("E_RUN", "the firing report was written by another version of Frugal", {
    where: `${path}: format ${JSON.stringify(found.format)}`,
    allowed: `format ${FIRING_FORMAT}`,
    next: `frugal evaluate ${folder} --firing`,
  });
}
