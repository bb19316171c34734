export { type Drift, driftOf, lag1Autocorrelation } from "./dependence.js";
export type {
  LayerTime,
  MeasuredEnergy,
  MeasuredInput,
  Measurement,
  MeasurementEnvironment,
  Throughput,
} from "./measurement.js";
export { flagOutliers, type OutlierReport } from "./outliers.js";
export { median, type QuantileDefinition, quantile, quantileDefinitions } from "./quantile.js";
export { LEAST_ROUNDS, pairedRatio, type RatioInterval } from "./ratio.js";
export {
  type PercentileResult,
  percentileOrRefusal,
  type RefusalOptions,
  type SamplesNeededOptions,
  samplesNeeded,
} from "./refusal.js";
export { type Scenario, type ScenarioName, scenarios } from "./scenarios.js";
export {
  correctOmission,
  poissonArrivals,
  type ServedQuery,
  scheduledLatencies,
  serveInOrder,
} from "./server.js";
export { percentilesOf } from "./summary.js";
export { batchKnee, offlineThroughput } from "./throughput.js";
export { callsPerSample, type TimerReport, timerReport } from "./timer.js";
export { type WarmupRule, type WarmupState, warmupState } from "./warmup.js";
