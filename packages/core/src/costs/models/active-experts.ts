/** Experts: how many of the alternatives that routers choose from are used. */

import { groupCost } from "../group-cost.js";

export const activeExpertsCost = groupCost({
  name: "experts",
  title: "experts used",
  unit: "experts",
  group: (entry) => entry.expert,
});
