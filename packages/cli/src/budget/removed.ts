/** channels.json: which channels a run kept, and what that was to cost. Written before the small network is trained. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import { z } from "zod";
import { commandLine } from "../app/shell.js";
import { readChecked, replaceFile } from "../run-store/files.js";

const amounts = z.record(z.string(), z.number().min(0));

const schema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.string(),
  /** Outputs of the layers that were narrowed, by layer path. */
  widths: z.record(z.string(), z.int().min(1)),
  /** Channels kept of each group. */
  kept: z.record(z.string(), z.strictObject({ kept: z.int().min(1), of: z.int().min(1) })),
  /** By cost: what soft gates said; null where there were none. */
  expected: z.union([amounts, z.null()]),
  /** By cost: what open gates cost before the network was filled up or cut down to the budget. */
  policy: z.union([amounts, z.null()]),
});

/** What was decided about the channels of a run. */
export type RemovedChannels = z.output<typeof schema>;

const channelsPath = (folder: string): string => join(folder, "channels.json");

export function writeRemoved(folder: string, removed: RemovedChannels): void {
  replaceFile(channelsPath(folder), `${JSON.stringify(removed, null, 2)}\n`);
}

/** @throws UserError E_RUN where channels are not chosen yet, or the file is not what was written. */
export function readRemoved(folder: string): RemovedChannels {
  const path = channelsPath(folder);
  if (!existsSync(path)) {
    throw new UserError("E_RUN", "the run has not chosen its channels yet", {
      where: path,
      next: commandLine("train", "--resume", folder),
    });
  }
  return readChecked(path, schema);
}
