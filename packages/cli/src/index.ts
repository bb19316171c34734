/** What recipes in TypeScript import from "frugal". */

export { defineRecipe } from "./recipe/define.js";
export type { Recipe, ResolvedRecipe } from "./recipe/schema.js";
