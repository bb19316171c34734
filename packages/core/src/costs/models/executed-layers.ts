/** Layers that run: convolutions, linear layers and products, each once for every time that it is applied. */

import { additiveCost } from "../cost-model.js";
import { runShares } from "../shares.js";

export const executedLayersCost = additiveCost({
  name: "layers",
  title: "layers executed",
  unit: "layers",
  terms: (entry) =>
    entry.macs > 0 ? [{ amount: entry.kernels ?? 1, shares: runShares(entry) }] : [],
});
