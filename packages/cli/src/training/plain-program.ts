/** The program of a recipe that trains its network as it is. */

import type { ResolvedRecipe } from "../recipe/schema.js";
import type { RecipeData } from "./data.js";
import { recipeLambda, recipeNetwork, recipeStep } from "./network.js";
import type { Program } from "./program.js";

export function plainProgram(
  recipe: ResolvedRecipe,
  data: RecipeData,
  stepsPerEpoch: number,
): Program {
  const traced = recipeNetwork(recipe, data.dataset);
  const stretch = () => ({
    traced,
    step: recipeStep(recipe, traced),
    until: recipe.epochs,
    scalars: { lambda: recipeLambda(recipe, stepsPerEpoch) },
  });
  return { first: stretch, resumed: stretch, trained: () => traced };
}
