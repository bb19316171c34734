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
  withActivity,
} from "./ledger.js";
export { macsCost } from "./macs.js";
export { type CostName, costModels, costNames } from "./registry.js";
