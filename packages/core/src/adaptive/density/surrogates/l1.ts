/** The mean magnitude. */

import { functions as f } from "../../../ops/index.js";
import type { Surrogate } from "./surrogate.js";

export const l1: Surrogate = {
  name: "l1",
  formula: "mean |x|",
  source:
    "Georgiadis, Accelerating convolutional neural networks via activation map compression, CVPR 2019",
  hasSigma: false,
  hasKeep: false,
  of: (x) => f.reduceMean(f.abs(x)),
};
