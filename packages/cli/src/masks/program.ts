/** The program of a recipe with masks: some epochs without them, then the masked network. */

import type { ResolvedRecipe } from "../recipe/schema.js";
import type { RecipeData } from "../training/data.js";
import { recipeNetwork, recipeStep } from "../training/network.js";
import type { Program, Stretch } from "../training/program.js";
import { masksOf } from "./network.js";
import { plannedMasks } from "./plan.js";

/** @throws UserError E_CONFIG for a budget that cannot be kept: before anything is trained or written. */
export function masksProgram(recipe: ResolvedRecipe, { dataset }: RecipeData): Program {
  const { network } = plannedMasks(recipe, dataset);
  const { warmup } = masksOf(recipe);
  const masked = (): Stretch => ({
    traced: network,
    step: recipeStep(recipe, network),
    until: recipe.epochs,
    scalars: {},
  });
  function whole(): Stretch {
    const traced = recipeNetwork(recipe, dataset);
    return {
      traced,
      step: recipeStep(recipe, traced),
      until: warmup,
      scalars: {},
      isFinal: false,
      notes: () => ({ stage: "warmup" }),
      // These masks learn nothing: weights and optimiser are those of the whole network.
      next: (_, from) => ({ stretch: masked(), from }),
    };
  }
  return {
    first: () => (warmup > 0 ? whole() : masked()),
    resumed: (_, { stage }) => (stage === "warmup" ? whole() : masked()),
  };
}
