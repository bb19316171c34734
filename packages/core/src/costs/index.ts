export * from "./conventions/index.js";
export {
  type AdditiveCostOptions,
  additiveCost,
  type Composition,
  type CostModel,
  type CostTerm,
  type CostUnit,
  groupByActivity,
} from "./cost-model.js";
export * from "./energy/index.js";
export type {
  ChannelShares,
  Densities,
  EntryMemory,
  EntryOperands,
  EntryTraining,
  Extent,
  LedgerEntry,
  Memory,
  Weight,
  WorkDetail,
} from "./entry.js";
export { type LedgerOptions, ledgerOf } from "./graph-ledger.js";
export * from "./latency/index.js";
export {
  type EntryShares,
  isUnder,
  type Ledger,
  type LedgerTotals,
  ledgerFrom,
  ofStage,
  totalsByPath,
  underPath,
  withActivity,
  withShares,
} from "./ledger.js";
export { executedStagesCost } from "./models/executed-stages.js";
export { macsCost } from "./models/macs.js";
export { type ModelBytesOptions, modelBytesCost } from "./models/model-bytes.js";
export { type TrainingMemoryOptions, trainingMemoryCost } from "./models/training-memory.js";
export {
  type AnalyseOptions,
  type Bindings,
  type Coverage,
  type CoverageShare,
  type ElementCounts,
  type ElementKind,
  elementKinds,
  layerPathOf,
  type MacKind,
  type OperatorCoverage,
  operatorsOf,
  type Profile,
  type ProfileOptions,
  profile,
  type Schedule,
  type TrainingProfile,
} from "./onnx/index.js";
export { type CostName, costModels, costNames } from "./registry.js";
export {
  inputShares,
  outputShares,
  productShares,
  runShares,
  type Shares,
  weightShares,
} from "./shares.js";
export { withStoredZeros } from "./stored-zeros.js";
