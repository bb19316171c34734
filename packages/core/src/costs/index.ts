export { additiveCost, type CostModel, type CostUnit, groupByActivity } from "./cost-model.js";
export { executedStagesCost } from "./executed-stages.js";
export {
  isUnder,
  type Ledger,
  type LedgerEntry,
  type LedgerOptions,
  type LedgerTotals,
  ledgerFrom,
  ledgerOf,
  ofStage,
  totalsByPath,
  underPath,
  type WorkDetail,
  withActivity,
} from "./ledger.js";
export { macsCost } from "./macs.js";
export {
  type AnalyseOptions,
  type Bindings,
  type Coverage,
  type CoverageShare,
  type ElementCounts,
  type ElementKind,
  elementKinds,
  type MacKind,
  type OperatorCoverage,
  operatorsOf,
  type Profile,
  type ProfileOptions,
  profile,
  type Schedule,
} from "./onnx/index.js";
export { type CostName, costModels, costNames } from "./registry.js";
