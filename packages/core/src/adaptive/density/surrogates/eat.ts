/** The surrogate of energy-aware training. */

import { functions as f } from "../../../ops/index.js";
import type { Surrogate } from "./surrogate.js";

export const eat: Surrogate = {
  name: "eat",
  formula: "mean x^2 / (x^2 + sigma)",
  source: "Lazzaro et al., ICIAP 2023",
  hasSigma: true,
  hasKeep: false,
  of: (x, { sigma }) => f.softDensity(x, { sigma }),
};
