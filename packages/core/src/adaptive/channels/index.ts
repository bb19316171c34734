export {
  type BudgetOptions,
  type ChannelShareTable,
  type HardCostOptions,
  hardCost,
  keptForBudget,
  magnitudeKept,
  randomKept,
  type UniformWidthsOptions,
  uniformWidths,
} from "./baselines.js";
export type { AnyTraced, StoredAxis } from "./flow.js";
export {
  type ChannelGating,
  type GateChannelsOptions,
  type GatedTrace,
  gateChannels,
  gatedLedger,
  type TracedGate,
  type Tracer,
} from "./gate-channels.js";
export {
  type ChannelGate,
  type ChannelGateKind,
  type ChannelGateName,
  channelGateNames,
  channelGates,
  type GammaOptions,
  type GateOptionsByKind,
  type GateRequest,
  type GateSettings,
  type GroupLassoOptions,
  type HardConcreteOptions,
  type Scalar,
  type StraightThroughOptions,
} from "./gates/index.js";
export { type ChannelGroup, channelGroups, type GroupAxis } from "./groups.js";
export { channelImportance } from "./importance.js";
export {
  foldGates,
  type Kept,
  keptChannels,
  maskChannels,
  type RoundingOptions,
  type State,
} from "./kept.js";
export {
  countsUnder,
  MASK_NOTE,
  type MaskCounts,
  type MaskWeightsOptions,
  maskedLedger,
  maskedState,
  maskWeights,
  type SettledMasks,
  settleMasks,
  type TracedMask,
  type WeightMasking,
} from "./masks/mask-weights.js";
export type {
  MagnitudeOptions,
  NmOptions,
  ThresholdOptions,
  WeightMask,
  WeightMaskKind,
} from "./masks/masks.js";
export {
  type MaskOptionsByKind,
  type MaskSettings,
  type WeightMaskName,
  weightMaskNames,
  weightMasks,
} from "./masks/registry.js";
export { type Removed, type RemoveOptions, removeChannels, removeClosed } from "./remove.js";
