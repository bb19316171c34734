/** Stages: how many parts of the network run, whatever their size; what matters where a launch dominates. */

import { additiveCost } from "./cost-model.js";

export const executedStagesCost = additiveCost({
  name: "stages",
  title: "stages executed",
  unit: "stages",
  price: (part) =>
    new Set(part.entries.flatMap((e) => (e.stage === undefined ? [] : [e.stage]))).size,
});
