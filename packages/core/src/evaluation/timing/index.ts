export { type Drift, driftOf, lag1Autocorrelation } from "./dependence.js";
export type {
  LayerTime,
  MeasuredEnergy,
  Measurement,
  MeasurementEnvironment,
  Throughput,
} from "./measurement.js";
export { flagOutliers, type OutlierReport } from "./outliers.js";
export { type QuantileDefinition, quantile, quantileDefinitions } from "./quantile.js";
export {
  type PercentileResult,
  percentileOrRefusal,
  type RefusalOptions,
  type SamplesNeededOptions,
  samplesNeeded,
} from "./refusal.js";
export { type Scenario, type ScenarioName, scenarios } from "./scenarios.js";
