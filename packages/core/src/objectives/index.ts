export * from "./controllers/index.js";
export * from "./forms/index.js";
export { type HazardChainOptions, hazardChain } from "./hazard-chain.js";
export { type JointOptions, joint } from "./joint.js";
export {
  constantLambda,
  cosineLambda,
  type LambdaSchedule,
  linearLambda,
  type RampOptions,
  type StepLambdaOptions,
  stepLambda,
  warmupLambda,
} from "./lambda.js";
export * from "./losses/index.js";
export { accuracyOf, type Objective, type SampleLoss } from "./objective.js";
export { type PlainOptions, plain } from "./plain.js";
export { type SupervisionOptions, supervisionWeights } from "./supervision.js";
