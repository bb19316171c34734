/** Parameters: distinct trainable numbers that a run uses; shared weights once, unused experts not at all. */

import { weightCost } from "../weight-cost.js";

export const parametersCost = weightCost({
  name: "parameters",
  title: "parameters in use",
  unit: "parameters",
  perElement: 1,
});
