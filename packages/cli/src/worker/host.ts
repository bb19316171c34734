/** The watching side: starts a worker process for a job, passes its messages on, and can stop or kill it. */

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type ErrorData, errorFromData } from "../app/errors.js";
import type { FromWorker, Job, ToWorker } from "./messages.js";

export type Finished = Extract<FromWorker, { kind: "finished" }>;

export interface RunningJob {
  /** Settles when the process is gone: the last message, or the error it reported or died of. */
  readonly outcome: Promise<Finished>;
  /** Asks it to finish the step, save, and end. */
  stop(): void;
  kill(): void;
}

const entry = fileURLToPath(new URL("./entry.js", import.meta.url));
/** Enough of what the runtime printed to explain a crash. */
const TAIL_LENGTH = 2000;

export function startJob(
  job: Job,
  {
    onMessage = () => {},
    verbose = false,
  }: { readonly onMessage?: (message: FromWorker) => void; readonly verbose?: boolean } = {},
): RunningJob {
  const child = fork(entry, [], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "json",
    // A debugger's port or a loader given to this process is not meant for its children.
    execArgv: [],
  });
  let finished: Finished | undefined;
  let failure: ErrorData | undefined;
  let tail = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on("data", (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-TAIL_LENGTH);
      if (verbose) process.stderr.write(chunk);
    });
  }
  child.on("message", (message: FromWorker) => {
    if (message.kind === "finished") finished = message;
    else if (message.kind === "failed") failure = message.error;
    onMessage(message);
  });
  const outcome = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    // "close", not "exit": by then every message and every line has arrived.
    child.on("close", (code, signal) => {
      if (failure) reject(errorFromData(failure));
      else if (finished) resolve(finished);
      else reject(deathOf(code, signal, tail));
    });
  });
  send(child, { kind: "job", job });
  return {
    outcome,
    stop: () => send(child, { kind: "stop" }),
    kill: () => child.kill("SIGKILL"),
  };
}

function send(child: ChildProcess, message: ToWorker): void {
  // The callback takes the error of a process that is just going; its end is reported anyway.
  if (child.connected) child.send(message, () => {});
}

function deathOf(code: number | null, signal: NodeJS.Signals | null, tail: string): Error {
  const how = signal ? `was killed by ${signal}` : `ended with code ${code}`;
  const hint = signal === "SIGKILL" ? "; the system may have run out of memory" : "";
  const output = tail.trim() === "" ? "" : `\nits last output:\n${tail.trim()}`;
  return new Error(`the worker process ${how} without a result${hint}${output}`);
}
