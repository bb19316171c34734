export { type AdamOptions, adam, adamW } from "./adam.js";
export { type ClippedGradients, clipGlobalNorm, globalNorm } from "./clip.js";
export {
  type OptimizerName,
  type OptimizerOptionsByName,
  optimizers,
  type ScheduleName,
  type ScheduleOptionsByName,
  schedules,
} from "./registry.js";
export type {
  FinalOptions,
  OneCycleOptions,
  Schedule,
  StepOptions,
  WarmupOptions,
} from "./schedules.js";
export { warmup } from "./schedules.js";
export { type SgdOptions, sgd } from "./sgd.js";
export type { Optimizer, UpdateRequest, UpdateResult } from "./types.js";
