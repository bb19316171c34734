export { type ExitChain, exitChain, exitProbabilities, hazardsOf } from "./chain.js";
export * from "./channels/index.js";
export { type ExitCost, exitCosts, exitLedger, plainMacs, stageNodes } from "./costs.js";
export { cutStages, type Stage, stageState } from "./cut.js";
export { type ExitRule, exitsTaken, leaves, scoresOf } from "./decision.js";
export * from "./density/index.js";
export * from "./executors/index.js";
export * from "./fit/index.js";
export type { ExitPoint, GateKind, HeadOptions } from "./head.js";
export {
  type ExitView,
  type Policy,
  type PolicyName,
  policies,
  policyNames,
} from "./policies/index.js";
export {
  concatPredictions,
  type ExitOutputs,
  type ExitPredictions,
  exitPredictions,
  type Split,
} from "./predictions.js";
export { predictedClasses } from "./rows.js";
export { gatherRows, scatterRows, sliceRows } from "./rowsets.js";
export {
  type ExitTraceOptions,
  exitGraph,
  exitOutputs,
  FINAL_EXIT,
  forInference,
  hazardName,
  logitsName,
  type TracedExits,
  traceExits,
  withoutGates,
} from "./trace-exits.js";
