export {
  formatAmount,
  formatQuantity,
  parseAmount,
  parseQuantity,
  quantityHelp,
} from "./amounts.js";
export {
  amountOf,
  type BudgetOptions,
  type CostLimit,
  parseBudget,
  type Statistic,
} from "./budget.js";
export {
  type CheckedParameter,
  type CheckGradientOptions,
  checkComputeGradient,
  type GradientReport,
  type GradientRow,
  type GradientVerdict,
} from "./check-gradient.js";
export {
  type ComputeCost,
  type ComputeObjective,
  type ComputeObjectiveOptions,
  type CostTermPlan,
  computeObjective,
  type ObjectiveDecision,
  pricedCost,
} from "./compute-objective.js";
export {
  type ControlScalarOptions,
  type ControlState,
  controlScalars,
  type StepReport,
  startControls,
  updateControls,
} from "./control.js";
export * from "./controllers/index.js";
export { type DensityOptions, density } from "./density.js";
export * from "./forms/index.js";
export { type HazardChainOptions, hazardChain } from "./hazard-chain.js";
export { type JointOptions, joint } from "./joint.js";
export {
  type CooldownOptions,
  constantLambda,
  cooldownLambda,
  cosineLambda,
  type LambdaSchedule,
  linearLambda,
  type RampOptions,
  type StepLambdaOptions,
  stepLambda,
  warmupLambda,
} from "./lambda.js";
export * from "./losses/index.js";
export * from "./monitors/index.js";
export { accuracyOf, type Objective, type SampleLoss } from "./objective.js";
export { type PlainOptions, plain } from "./plain.js";
export {
  type CostRange,
  type LimitToReach,
  reachableRange,
  requireReachable,
  type ShareBounds,
} from "./range.js";
export { type SupervisionOptions, supervisionWeights } from "./supervision.js";
