/** The asking side: a process for one job, and what it found. */

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type ErrorData, errorFromData } from "../app/errors.js";
import type { FromMeasurer, MeasureJob } from "./messages.js";

const entry = fileURLToPath(new URL("./entry.js", import.meta.url));
/** Enough of what the runtime printed to explain a crash. */
const TAIL_LENGTH = 2000;

type Found = Exclude<FromMeasurer, { kind: "failed" }>;

/** Runs the job in a process of its own: sessions leak, and a run blocks whoever shares its thread. */
export function runJob(job: MeasureJob): Promise<Found> {
  const child = fork(entry, [], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // Infinite numbers survive it.
    serialization: "advanced",
    // A debugger's port or a loader given to this process is not meant for its children.
    execArgv: [],
  });
  let found: Found | undefined;
  let failure: ErrorData | undefined;
  let tail = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on("data", (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-TAIL_LENGTH);
    });
  }
  child.on("message", (message: FromMeasurer) => {
    if (message.kind === "failed") failure = message.error;
    else found = message;
  });
  const outcome = new Promise<Found>((resolve, reject) => {
    child.on("error", reject);
    // "close", not "exit": by then every message and every line has arrived.
    child.on("close", (code, signal) => {
      if (failure) reject(errorFromData(failure));
      else if (found) resolve(found);
      else reject(deathOf(code, signal, tail));
    });
  });
  child.send(job, () => {});
  return outcome;
}

function deathOf(code: number | null, signal: NodeJS.Signals | null, tail: string): Error {
  const how = signal ? `was killed by ${signal}` : `ended with code ${code}`;
  const hint = signal === "SIGKILL" ? "; the system may have run out of memory" : "";
  const output = tail.trim() === "" ? "" : `\nits last output:\n${tail.trim()}`;
  return new Error(`the process that measured ${how} without a result${hint}${output}`);
}
