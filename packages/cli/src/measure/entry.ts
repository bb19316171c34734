/** The process in which models are measured: takes one job, reports, and ends. */

import { errorData } from "../app/errors.js";
import { measureJob } from "./measure-job.js";
import type { FromMeasurer, MeasureJob } from "./messages.js";
import { pairJob } from "./pair-job.js";

async function work(job: MeasureJob): Promise<FromMeasurer> {
  try {
    return job.kind === "pair"
      ? { kind: "compared", result: await pairJob(job) }
      : { kind: "measured", result: await measureJob(job) };
  } catch (error) {
    return { kind: "failed", error: errorData(error) };
  }
}

// Nobody waits for the result any more.
process.on("disconnect", () => process.exit(1));

process.once("message", (job: MeasureJob) => {
  // A process that ends before the message is out loses it.
  void work(job).then((message) => process.send!(message, () => process.exit(0)));
});
