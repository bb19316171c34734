/** Elements that are written and not zero: the L0 measure of activation sparsity. */

import { additiveCost } from "../cost-model.js";
import { outputShares } from "../shares.js";

export const nonZeroActivationsCost = additiveCost({
  name: "nonZeroActivations",
  title: "elements written that are not zero",
  unit: "elements",
  terms: (entry) => {
    const density = entry.density?.out;
    const shares = outputShares(entry);
    const amount = entry.operands?.outputs.elements ?? 0;
    return [{ amount, shares: density ? [...shares, density] : shares }];
  },
});
