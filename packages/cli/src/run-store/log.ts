/** Append-only JSON lines that survive a writer killed at any moment. */

import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync } from "node:fs";
import { jsonLine, jsonLinesEnd, readJsonLines } from "@frugal/core/formats";
import { runFileError, writeAll } from "./files.js";

export interface LogWriter {
  append(record: object): void;
  /** Everything appended so far is on disk afterwards. */
  sync(): void;
  close(): void;
}

/** Opens a log for appending; a line that an earlier writer left unfinished is cut off first. */
export function openLog(path: string, { write = writeAll } = {}): LogWriter {
  let file: number;
  let end: number;
  let pending: Uint8Array[] = [];
  try {
    file = openSync(path, "a+");
    end = jsonLinesEnd(readFileSync(file));
    ftruncateSync(file, end);
  } catch (cause) {
    throw runFileError(cause, path, "open the log");
  }

  function flush(): void {
    if (pending.length === 0) return;
    const bytes = Buffer.concat(pending);
    try {
      write(file, bytes);
    } catch (cause) {
      // What was written of these lines is taken back, so that no later writer finds a torn one.
      try {
        ftruncateSync(file, end);
      } catch {
        // The next writer repairs it.
      }
      throw runFileError(cause, path, "write the log");
    }
    end += bytes.length;
    pending = [];
  }

  return {
    append(record) {
      pending.push(jsonLine(record));
      // One write for many small records; a checkpoint syncs in any case.
      if (pending.length >= 64) flush();
    },
    sync() {
      flush();
      fsyncSync(file);
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}

/** The records of a log; none where there is no file yet. */
export function readLog<T>(path: string): readonly T[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw runFileError(cause, path, "read the log");
  }
  return readJsonLines<T>(bytes, path).records;
}
