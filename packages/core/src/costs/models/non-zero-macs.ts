/**
 * Multiply-accumulates of two operands that are not zero: what is left on a machine that skips zeros. Zeros of inputs
 * and of weights are taken to be independent, so the shares of non-zeros multiply.
 */

import { additiveCost } from "../cost-model.js";
import { productShares } from "../shares.js";
import { validMacsOf } from "./valid-macs.js";

export const nonZeroMacsCost = additiveCost({
  name: "nonZeroMacs",
  title: "multiply-accumulates without zeros",
  unit: "MACs",
  terms: (entry) => {
    const densities = [entry.density?.in, entry.density?.weights].filter((v) => v !== undefined);
    return [{ amount: validMacsOf(entry), shares: [...productShares(entry), ...densities] }];
  },
});
