/** Arithmetic that is no multiply-accumulate: comparisons, exponentials, divisions, sums, each 1. */

import { additiveCost } from "../cost-model.js";
import { outputShares } from "../shares.js";

export const otherOpsCost = additiveCost({
  name: "otherOps",
  title: "operations beside the multiply-accumulates",
  unit: "operations",
  terms: (entry) => [{ amount: entry.otherOps, shares: outputShares(entry) }],
});
