/** Every executor, by name. */

import type { Executor, ExecutorName, ExecutorOptions } from "./executor.js";
import { replayExecutor } from "./replay.js";
import { stagedExecutor } from "./staged.js";

export const executors: Readonly<
  Record<ExecutorName, (options: ExecutorOptions) => Promise<Executor>>
> = { staged: stagedExecutor, replay: replayExecutor };

export { pickState } from "./check.js";
export type {
  BatchResult,
  Clock,
  Executor,
  ExecutorName,
  ExecutorOptions,
  StageRun,
} from "./executor.js";
export { replayExecutor } from "./replay.js";
export { runStages, type StageExecutable, type StagePlan, stagedExecutor } from "./staged.js";
export { compileExits } from "./whole.js";
