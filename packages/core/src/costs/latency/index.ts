export { type Device, nominalDevice, type Spread } from "./device.js";
export { type KernelFamily, kernelFamilies } from "./families.js";
export { featureNames, type Geometry } from "./geometry.js";
export { type KernelTime, kernelTimes, type NodeTiming } from "./kernel-times.js";
export { type Kernel, kernelFeatures, kernelKey, kernelsOf } from "./kernels.js";
export {
  type LatencyCostOptions,
  latencyCost,
  lookupCost,
  nominalLatencyCost,
  regressorCost,
  rooflineCost,
} from "./latency-cost.js";
export {
  type LookupOptions,
  type LookupRow,
  type LookupTable,
  lookupPredictor,
} from "./lookup.js";
export {
  type KernelPrediction,
  type LatencyPrediction,
  type LatencyPredictor,
  type PredictionSource,
  predictLatency,
} from "./prediction.js";
export { ProbeBuilder, type ProbeConvolution, type ProbeValue } from "./probe-builder.js";
export { probeModel } from "./probes.js";
export { lookupRows, type RecordedKernel } from "./recorded.js";
export {
  type FitOptions,
  fitLatency,
  type KernelSample,
  type LatencyRegressor,
  type NetworkSample,
  regressorPredictor,
} from "./regressor.js";
export { rooflineBound, rooflineLatency } from "./roofline.js";
