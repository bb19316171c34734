/** A multiplier that is multiplied at equal distances. */

import { type StepLambdaOptions, stepLambda } from "../lambda.js";
import { scheduled } from "./scheduled.js";

export const stepController = scheduled<StepLambdaOptions>({
  name: "step",
  title: "steps",
  formula: "lambda_t = v * g^floor(t / T), at most m",
  source: "step decay, as of learning rates",
  schedule: stepLambda,
});
