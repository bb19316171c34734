/** The squared Hoyer measure: between 1/N for one element that is not zero and 1 for N equal ones, whatever their scale. */

import { functions as f } from "../../../ops/index.js";
import type { Surrogate } from "./surrogate.js";

/** Keeps an image of zeros from being 0 / 0. */
const TINY = 1e-12;

export const hoyer: Surrogate = {
  name: "hoyer",
  formula: "(sum |x|)^2 / (N sum x^2)",
  source: "Yang, Wen and Li, DeepHoyer, ICLR 2020",
  hasSigma: false,
  hasKeep: false,
  of(x) {
    // Means keep sums over millions of elements within reach of single precision.
    const magnitude = f.reduceMean(f.abs(x));
    const power = f.reduceMean(f.square(x));
    return f.div(f.square(magnitude), f.add(power, TINY));
  },
};
