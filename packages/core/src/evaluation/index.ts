export {
  accuracyPerExit,
  correctAt,
  correctTaken,
  type OperatingPoint,
  oracleExit,
  oracleExits,
  randomExit,
} from "./baselines.js";
export {
  type BootstrapOptions,
  type BootstrapResult,
  pairedBootstrap,
  twoLevelBootstrap,
} from "./bootstrap.js";
export {
  brierScore,
  type CalibrationBin,
  type CalibrationOptions,
  expectedCalibrationError,
  reliability,
  signedCalibrationError,
} from "./calibration.js";
export { collectPredictions } from "./collect.js";
export * from "./comparison/index.js";
export { type EvaluationBatch, type EvaluationData, tensorData } from "./data.js";
export {
  effectiveExits,
  entropy,
  exitProbabilitiesOf,
  exitShares,
  meanDepth,
  normalisedEntropy,
} from "./depth.js";
export { type EvaluateExitsOptions, type Evaluation, evaluateExits } from "./evaluate-exits.js";
export {
  type EvaluateFiringOptions,
  evaluateFiring,
  FIRING_FORMAT,
  type FiringEnergy,
  type FiringEvaluation,
  type ReferenceEnergy,
} from "./firing.js";
export { hypervolume, normalisedHypervolume, type Point, paretoFront } from "./front.js";
export {
  budgetViolation,
  type CostGaps,
  costGaps,
  decisionSoftness,
  expectedCost,
  policyCost,
  type ThreeCosts,
} from "./gaps.js";
export {
  type ExitHealthInput,
  exitHealth,
  type HealthRuleId,
  type HealthWarning,
  healthRuleIds,
} from "./health.js";
export {
  type Interval,
  mean,
  type SeedSummary,
  standardDeviation,
  summariseSeeds,
  wilson,
} from "./intervals.js";
export { type Overthinking, overthinking } from "./overthinking.js";
export {
  type PercentileInterval,
  percentile,
  percentileInterval,
} from "./percentile.js";
export { type PredictionAccuracy, predictionAccuracy } from "./prediction-accuracy.js";
export { kendall, ranks, spearman } from "./ranks.js";
export {
  type AccuracyEstimate,
  type BudgetReport,
  EVALUATION_FORMAT,
  type EvaluationReport,
  type ExitReport,
  type GateReport,
  type LatencyReport,
} from "./report.js";
export { type BudgetSummary, type SeedsSummary, summariseReports } from "./summary.js";
export * from "./timing/index.js";
