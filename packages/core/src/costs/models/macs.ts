/** MACs: multiply-accumulates, heads and gates included, padding counted. */

import { additiveCost } from "../cost-model.js";
import { productShares } from "../shares.js";

export const macsCost = additiveCost({
  name: "macs",
  title: "multiply-accumulates",
  unit: "MACs",
  terms: (entry) => [{ amount: entry.macs, shares: productShares(entry) }],
});
