/** FLOPs: two for each multiply-accumulate, nothing else counted; `otherOps` has the rest. */

import { flopsOf } from "../../base/index.js";
import { additiveCost } from "../cost-model.js";
import { productShares } from "../shares.js";

export const flopsCost = additiveCost({
  name: "flops",
  title: "floating-point operations (2 per MAC)",
  unit: "FLOPs",
  terms: (entry) => [{ amount: flopsOf(entry.macs), shares: productShares(entry) }],
});
