export { checkpointOf, restoredState } from "./checkpoint.js";
export { firstNonFinite } from "./diagnose.js";
export {
  buildEvaluation,
  collect,
  type EvaluationGraph,
  type EvaluationOptions,
  mean,
} from "./evaluate.js";
export { type ScalarSource, type StepFeed, type StepFeeds, stepFeeds } from "./feeds.js";
export { accuracy, correct } from "./metrics.js";
export { type RunnerOptions, type StepRunner, stepRunner, stepsPerRun } from "./runner.js";
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
