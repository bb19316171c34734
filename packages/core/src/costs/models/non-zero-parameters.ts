/** Parameters in use that are not zero: what a sparse format stores, its indices apart. */

import { weightCost } from "../weight-cost.js";

export const nonZeroParametersCost = weightCost({
  name: "nonZeroParameters",
  title: "parameters in use that are not zero",
  unit: "parameters",
  perElement: 1,
  share: (entry) => (entry.density?.weights ? [entry.density.weights] : []),
});
