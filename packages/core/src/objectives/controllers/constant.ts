/** A multiplier that never changes. */

import { constantLambda } from "../lambda.js";
import { requireNumbers } from "./controller.js";
import { scheduled } from "./scheduled.js";

export interface ConstantOptions {
  /** Above 0: a weight of 0 would drop the cost in silence. */
  readonly value: number;
}

export const constantController = scheduled<ConstantOptions>({
  name: "constant",
  title: "constant",
  formula: "lambda_t = v",
  source: "weighted sum",
  schedule(options) {
    requireNumbers(
      { ...options, value: options.value ?? Number.NaN },
      { value: { isAbove: true } },
    );
    return constantLambda(options.value);
  },
});
