/** What a job may do besides its work: report, and ask whether to stop. */

import type { FromWorker } from "./messages.js";

export interface JobContext {
  report(message: FromWorker): void;
  stop(): boolean;
}
