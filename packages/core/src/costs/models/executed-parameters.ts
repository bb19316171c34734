/**
 * Parameters, counted at every use: a layer that is applied twelve times counts twelve times. Divided by `parameters`
 * it says how often weights are shared.
 */

import { additiveCost } from "../cost-model.js";
import type { LedgerEntry } from "../entry.js";
import { weightShares } from "../shares.js";

function usesOf({ memory, parameters, kernels = 1 }: LedgerEntry): number {
  if (!memory) return parameters;
  // The body of a loop is one entry: it uses its weights in every trip.
  return kernels * memory.parameters.reduce((n, w) => n + w.elements, 0);
}

export const executedParametersCost = additiveCost({
  name: "executedParameters",
  title: "parameters, counted at every use",
  unit: "parameters",
  terms: (entry) => [{ amount: usesOf(entry), shares: weightShares(entry) }],
});
