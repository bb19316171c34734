/** `--budget macs=2M,parameters=300k`: the same as objective.budget in the recipe, with channels to keep it where no masks do. */

import { UserError } from "@frugal/core/base";
import { parseBudget } from "@frugal/core/objectives";

/** The recipe with a budget from the command line in place of its own, and channels to decide about where it decides nothing. */
export function withBudget(recipe: unknown, given: readonly string[]): unknown {
  const text = given.join(",");
  // For its refusals: the keys of a record would hide a cost that is named twice.
  parseBudget(text, { where: "--budget" });
  const budget = Object.fromEntries(
    text.split(",").map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    }),
  );
  if (typeof recipe !== "object" || recipe === null) return recipe;
  const { objective = {} } = recipe as { objective?: unknown };
  if (typeof objective !== "object" || objective === null) {
    throw new UserError("E_CONFIG", "objective is not a group of keys", { where: "objective" });
  }
  const decides = "channels" in recipe || "masks" in recipe;
  return { ...(decides ? {} : { channels: {} }), ...recipe, objective: { ...objective, budget } };
}
