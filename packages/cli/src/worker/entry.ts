/** The process in which a job runs: takes it from the parent, reports, and ends. */

import { errorData } from "../app/errors.js";
import { evaluateJob } from "./evaluate-job.js";
import type { FromWorker, ToWorker } from "./messages.js";
import { trainJob } from "./train-job.js";

let stopping = false;

/** The promise settles when the message is out: a process that ends earlier loses it. */
function report(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) resolve();
    else process.send!(message, () => resolve());
  });
}

// Ctrl-C reaches the whole process group; the parent decides what it means.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {
  stopping = true;
});
// Nobody watches any more: save and end.
process.on("disconnect", () => {
  stopping = true;
});

process.on("message", (message: ToWorker) => {
  if (message.kind === "stop") {
    stopping = true;
    return;
  }
  const { job } = message;
  const context = {
    report: (m: FromWorker) => void report(m),
    stop: () => stopping,
  };
  const work = job.kind === "evaluate" ? evaluateJob(job, context) : trainJob(job, context);
  void work
    .then((finished) => report(finished))
    .catch((error: unknown) => report({ kind: "failed", error: errorData(error) }))
    .then(() => process.exit(0));
});
