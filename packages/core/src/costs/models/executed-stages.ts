/** Stages: how many parts of the network run, whatever their size; what matters where a launch dominates. */

import { groupCost } from "../group-cost.js";

export const executedStagesCost = groupCost({
  name: "stages",
  title: "stages executed",
  unit: "stages",
  group: (entry) => entry.stage,
});
