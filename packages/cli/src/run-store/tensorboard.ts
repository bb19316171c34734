/** TensorBoard event files in a run folder: one file an attempt, as TensorBoard expects. */

import { closeSync, openSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { tfeventsHeader, tfeventsScalars } from "@frugal/core/formats";
import { makeFolder, runFileError, writeAll } from "./files.js";

export interface TensorboardWriter {
  scalars(step: number, scalars: Readonly<Record<string, number>>): void;
  close(): void;
}

export function openTensorboard(run: string): TensorboardWriter {
  const folder = join(run, "tensorboard");
  makeFolder(folder);
  const seconds = (): number => Date.now() / 1000;
  const name = `events.out.tfevents.${Math.floor(seconds())}.${hostname()}.${process.pid}`;
  const path = join(folder, name);
  const guarded = <T>(body: () => T): T => {
    try {
      return body();
    } catch (cause) {
      throw runFileError(cause, path, "write the event file");
    }
  };
  const file = guarded(() => openSync(path, "a"));
  guarded(() => writeAll(file, tfeventsHeader(seconds())));
  return {
    scalars(step, scalars) {
      guarded(() => writeAll(file, tfeventsScalars({ wallTime: seconds(), step, scalars })));
    },
    close: () => closeSync(file),
  };
}
