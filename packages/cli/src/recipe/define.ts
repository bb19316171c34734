/** For recipes written in TypeScript: an identity function that gives the editor the types. */

import type { Recipe } from "./schema.js";

/**
 * A recipe, typed.
 *
 * @example
 * export default defineRecipe({ name: "mine", data: { name: "optdigits" }, model: { name: "mlp" } });
 */
export const defineRecipe = (recipe: Recipe): Recipe => recipe;
