/** Kernels that run: what counts where starting one costs more than its work. */

import { additiveCost } from "../cost-model.js";
import { runShares } from "../shares.js";

export const kernelsCost = additiveCost({
  name: "kernels",
  title: "kernels executed",
  unit: "kernels",
  terms: (entry) => [{ amount: entry.kernels ?? 1, shares: runShares(entry) }],
});
