/** Every cost model, by name. */

import type { CostModel } from "./cost-model.js";
import { executedStagesCost } from "./executed-stages.js";
import { macsCost } from "./macs.js";

export type CostName = "macs" | "stages";

export const costModels: Readonly<Record<CostName, CostModel>> = {
  macs: macsCost,
  stages: executedStagesCost,
};

export const costNames = Object.keys(costModels) as readonly CostName[];
