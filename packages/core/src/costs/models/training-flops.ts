/**
 * FLOPs of one training step: forward, and the forward's products once more for every factor that gets a gradient.
 * Where all layers train that is 3 * forward - 2 * MACs of the layers whose input needs no gradient, usually the first.
 */

import { flopsOf, macs } from "../../base/index.js";
import { additiveCost } from "../cost-model.js";
import type { LedgerEntry } from "../entry.js";
import { productShares } from "../shares.js";

/** Whole again: gradients may be a quotient. */
const trainingMacs = ({ macs, training }: LedgerEntry): number =>
  macs + Math.round(macs * (training?.gradients ?? 2));

export const trainingFlopsCost = additiveCost({
  name: "trainingFlops",
  title: "floating-point operations of a training step (2 per MAC)",
  unit: "FLOPs",
  // Backward entries, where a ledger has them, are what is computed here already.
  terms: (entry) =>
    entry.phase === "forward" && entry.macs > 0
      ? [
          {
            amount: flopsOf(macs(trainingMacs(entry))),
            shares: productShares(entry),
          },
        ]
      : [],
});
