/** The mean square: shrinks what is large and leaves what is small, so it makes few zeros. A control. */

import { functions as f } from "../../../ops/index.js";
import type { Surrogate } from "./surrogate.js";

export const l2: Surrogate = {
  name: "l2",
  formula: "mean x^2",
  source: "ridge penalty, on activations",
  hasSigma: false,
  hasKeep: false,
  of: (x) => f.reduceMean(f.square(x)),
};
