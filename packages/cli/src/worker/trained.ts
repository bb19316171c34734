/** The network that a run leaves behind, and what becomes of its weights before they are used. */

import { maskedState, type State, type TracedExits } from "@frugal/core/adaptive";
import { readRemoved } from "../budget/removed.js";
import type { Dataset } from "../data/index.js";
import { plannedMasks } from "../masks/plan.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { recipeNetwork } from "../training/network.js";

export interface TrainedNetwork {
  readonly traced: TracedExits;
  /** The state of a checkpoint as the network takes it: with zeros where weights are masked. */
  settle(state: State): State;
}

/** `folder`: of the run, which knows what was decided. */
export function trainedNetwork(
  recipe: ResolvedRecipe,
  dataset: Dataset,
  folder: string,
): TrainedNetwork {
  const widths = recipe.channels ? readRemoved(folder).widths : {};
  const traced = recipeNetwork(recipe, dataset, { widths });
  if (!recipe.masks) return { traced, settle: (state) => state };
  const { network } = plannedMasks(recipe, dataset);
  return { traced, settle: (state) => maskedState(network, state) };
}
