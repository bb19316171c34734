/** What masks in a recipe must fit to: options of their own kind, one thing that sets their density, a plain objective. */

import { weightMasks } from "@frugal/core/adaptive";
import { UserError } from "@frugal/core/base";
import { parseBudget } from "@frugal/core/objectives";
import type { ResolvedRecipe } from "./schema.js";

type Masks = NonNullable<ResolvedRecipe["masks"]>;

/** Keys that every kind has. */
const common = ["kind", "only", "warmup"] as const satisfies readonly (keyof Masks)[];

/** @throws UserError E_CONFIG. */
export function checkMasks(recipe: ResolvedRecipe, source: string): void {
  const { masks, channels, objective, epochs } = recipe;
  if (!masks) return;
  const refuse = (what: string, key: string, help: { allowed: string; next: string }) =>
    new UserError("E_CONFIG", what, { where: `${source}: ${key}`, ...help });
  if (channels) {
    throw refuse("a run masks weights or removes channels, not both", "masks", {
      allowed: "masks or channels",
      next: "remove one of the two keys; to save time, keep channels",
    });
  }
  if (objective.kind !== "plain") {
    throw refuse(`masks are trained with objective "plain", not "${objective.kind}"`, "masks", {
      allowed: "objective.kind: plain",
      next: "add --set objective.kind=plain, or remove the key masks",
    });
  }
  const { name, options, atDensity } = weightMasks[masks.kind];
  const own = [...common, ...options] as readonly string[];
  const other = Object.keys(masks).find((key) => !own.includes(key));
  if (other !== undefined) {
    throw refuse(`masks of kind ${name} have no ${other}`, `masks.${other}`, {
      allowed: own.join(", "),
      next: `remove masks.${other}, or choose another kind`,
    });
  }
  if (objective.budget) parseBudget(objective.budget, { where: `${source}: objective.budget` });
  if (atDensity && (masks.density === undefined) === (objective.budget === undefined)) {
    const both = masks.density !== undefined;
    throw refuse(
      both ? "a budget and a density say the same twice" : `nothing sets the density of ${name}`,
      "masks.density",
      {
        allowed: "masks.density, or objective.budget, for which the density is found",
        next: both ? "remove one of them" : "add masks: { density: 0.25 }, or give a budget",
      },
    );
  }
  if (masks.warmup >= epochs) {
    throw refuse(`a warm-up of ${masks.warmup} epochs leaves none for masks`, "masks.warmup", {
      allowed: `0 to ${epochs - 1}`,
      next: "lower masks.warmup or raise epochs",
    });
  }
}
