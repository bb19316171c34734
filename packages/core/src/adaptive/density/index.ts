export {
  type Firing,
  type FiringFall,
  type FiringReport,
  firingFalls,
  firingName,
  firingOutputs,
  firingReport,
  type LayerFiring,
} from "./firing.js";
export { type Leaf, type LeafSelection, leafOutputs } from "./leaves.js";
export {
  type DensityPenalty,
  type DensityPenaltyOptions,
  densityPenalty,
  type LeafDensity,
} from "./penalty.js";
export { geometricSigma, type SigmaSchedule } from "./sigma.js";
export {
  type Surrogate,
  type SurrogateName,
  type SurrogateOptions,
  surrogateNames,
  surrogates,
} from "./surrogates/index.js";
export { type WeightingName, weightingNames } from "./weights.js";
