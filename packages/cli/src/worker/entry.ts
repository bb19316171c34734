/** The process in which a job runs: takes it from the parent, reports, and ends. */

import { errorData } from "../app/errors.js";
import type { JobContext } from "./context.js";
import { evaluateJob } from "./evaluate-job.js";
import type { FromWorker, Job, ToWorker } from "./messages.js";
import { profileJob } from "./profile-job.js";
import { trainJob } from "./train-job.js";

type Finished = Extract<FromWorker, { kind: "finished" }>;

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

function work(job: Job, context: JobContext): Promise<Finished> {
  if (job.kind === "evaluate") return evaluateJob(job, context);
  return job.kind === "profile" ? profileJob(job, context) : trainJob(job, context);
}

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
  void work(job, context)
    .then((finished) => report(finished))
    .catch((error: unknown) => report({ kind: "failed", error: errorData(error) }))
    .then(() => process.exit(0));
});
