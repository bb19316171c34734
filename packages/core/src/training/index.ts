export { checkpointOf, restoredState } from "./checkpoint.js";
export { firstNonFinite } from "./diagnose.js";
export {
  buildEvaluation,
  collect,
  type EvaluationGraph,
  type EvaluationOptions,
  mean,
} from "./evaluate.js";
export { type ScalarSource, type StepFeeds, stepFeeds } from "./feeds.js";
export { accuracy, correct } from "./metrics.js";
export { buildTrainStep, type TrainStep, type TrainStepOptions } from "./step.js";
export { type TrainOptions, train } from "./train.js";
export type {
  Batch,
  BatchSource,
  Checkpoint,
  CheckpointEvent,
  EndEvent,
  EpochEvent,
  ModelState,
  Progress,
  StartEvent,
  StepEvent,
  TrainEvent,
} from "./types.js";
