/** The program of a recipe that trains its network as it is. */

import type { ResolvedRecipe } from "../recipe/schema.js";
import type { RecipeData } from "./data.js";
import { recipeNetwork, recipeStep } from "./network.js";
import { recipeFollowing, recipeObjective, recipePressure, recipeScalars } from "./objective.js";
import type { Program } from "./program.js";

export function plainProgram(
  recipe: ResolvedRecipe,
  data: RecipeData,
  stepsPerEpoch: number,
): Program {
  const traced = recipeNetwork(recipe, data.dataset);
  const objective = recipeObjective(recipe, traced);
  const pressure = recipePressure(recipe, traced, objective);
  const stretch = () => ({
    traced,
    step: recipeStep(recipe, traced, { objective }),
    ...(pressure ? { pressure } : {}),
    until: recipe.epochs,
    scalars: recipeScalars(recipe, stepsPerEpoch),
    ...recipeFollowing(recipe, traced),
  });
  return { first: stretch, resumed: stretch };
}
