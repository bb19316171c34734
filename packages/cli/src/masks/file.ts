/** masks.json: which weights of a run are masked, how many that left in the exported file, and what it is not. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readChecked, replaceFile } from "../run-store/files.js";

const count = z.int().min(0);

const schema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.string(),
  /** As they were in the end: with the density that was found for a budget. */
  options: z.record(z.string(), z.number()),
  /** Weights that masks keep, by tensor. */
  kept: z.record(z.string(), z.strictObject({ kept: count, of: count })),
  /** Tensors that have no mask, with the reason. */
  unmasked: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  /** Share of the masked tensors' weights that masks keep. */
  density: z.number().min(0).max(1),
  /** Counted in the exported file. */
  exported: z.strictObject({ file: z.string(), parameters: count, nonZeroParameters: count }),
  note: z.string(),
});

/** What became of the weights of a run with masks. */
export type MaskRecord = z.output<typeof schema>;

const pathIn = (folder: string): string => join(folder, "masks.json");

export function writeMasks(folder: string, record: MaskRecord): void {
  replaceFile(pathIn(folder), `${JSON.stringify(record, null, 2)}\n`);
}

/** Undefined where a run has no masks, or has not come to its end. */
export const readMasks = (folder: string): MaskRecord | undefined =>
  existsSync(pathIn(folder)) ? readChecked(pathIn(folder), schema) : undefined;
