/**
 * Activations: output elements of convolutions, linear layers and products, which predict run time on accelerators
 * better than FLOPs do (Dollar, Singh, Girshick, "Fast and Accurate Model Scaling", CVPR 2021).
 */

import { additiveCost } from "../cost-model.js";
import type { LedgerEntry } from "../entry.js";
import { outputShares } from "../shares.js";

function activationsOf({ macs, detail, operands }: LedgerEntry): number {
  if (macs === 0) return 0;
  return detail?.activations ?? operands?.outputs.elements ?? 0;
}

export const activationsCost = additiveCost({
  name: "activations",
  title: "activations: outputs of what multiplies",
  unit: "elements",
  terms: (entry) => [{ amount: activationsOf(entry), shares: outputShares(entry) }],
});
