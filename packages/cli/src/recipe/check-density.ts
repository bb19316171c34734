/** What a recipe for sparse activations must fit to: an objective that has a density, a price, and a width. */

import { surrogates } from "@frugal/core/adaptive";
import { UserError } from "@frugal/core/base";
import { defaultDensity, type ResolvedRecipe } from "./schema.js";

/**
 * Throws unless the price of density, as it stands in a recipe, is above 0; what is no number is for the schema to refuse.
 * It comes before the schema, which knows the range of all kinds of objective only.
 */
export function checkPrice(lambda: unknown, source: string): void {
  const isGroup = typeof lambda === "object" && lambda !== null;
  const value = isGroup ? (lambda as { value?: unknown }).value : lambda;
  if (typeof value !== "number" || value > 0) return;
  throw new UserError("E_CONFIG", `lambda is ${value}: density would have no price`, {
    where: `${source}: objective.lambda${isGroup ? ".value" : ""}`,
    allowed: "a number > 0",
    next: "for training without a penalty set objective.kind to plain",
  });
}

/**
 * The recipe with what density means filled in, where it is trained for density.
 *
 * @throws UserError E_CONFIG.
 */
export function checkDensity(recipe: ResolvedRecipe, source: string): ResolvedRecipe {
  const { objective, model, sweep } = recipe;
  const refuse = (what: string, key: string, help: { allowed: string; next: string }) =>
    new UserError("E_CONFIG", what, { where: `${source}: ${key}`, ...help });
  if (objective.kind !== "density") {
    const [key] = [
      ...(objective.density ? ["objective.density"] : []),
      ...(sweep.sigmas ? ["sweep.sigmas"] : []),
    ];
    if (key === undefined) return recipe;
    throw refuse(`the objective "${objective.kind}" has no density`, key, {
      allowed: "only with objective.kind: density",
      next: `set objective.kind to density, or remove ${key}`,
    });
  }
  const { density = defaultDensity } = objective;
  if (model.exits.length > 0) {
    throw refuse("a network that is trained for density has no exits here", "model.exits", {
      allowed: "[]",
      next: "remove model.exits, or set objective.kind to exits",
    });
  }
  const { sigma } = density;
  for (const { name, has, given } of ownOptions) {
    const [key] = Object.entries(given(recipe)).find(([, value]) => value !== undefined) ?? [];
    if (key === undefined || surrogates[density.surrogate][has]) continue;
    throw refuse(`the surrogate "${density.surrogate}" has no ${name}`, key, {
      allowed: `only with ${namesWith(has).join(", ")}`,
      next: `remove ${key}, or choose another surrogate`,
    });
  }
  if (typeof sigma === "object") {
    const widest = Math.max(sigma.to, ...(sweep.sigmas ?? []));
    if (sigma.from < widest) {
      throw refuse(`sigma rises from ${sigma.from} to ${widest}`, "objective.density.sigma.from", {
        allowed: `a number >= ${widest}`,
        next: "begin with a wide sigma, which all values feel, and end with a narrow one",
      });
    }
  }
  return { ...recipe, objective: { ...objective, density } };
}

/** What only some surrogates have, and what a recipe says of it under which keys. */
const ownOptions = [
  {
    name: "sigma",
    has: "hasSigma",
    given: ({ objective: { density }, sweep }: ResolvedRecipe) => ({
      "objective.density.sigma": density?.sigma,
      "sweep.sigmas": sweep.sigmas,
    }),
  },
  {
    name: "keep",
    has: "hasKeep",
    given: ({ objective: { density } }: ResolvedRecipe) => ({
      "objective.density.keep": density?.keep,
    }),
  },
] as const;

const namesWith = (has: (typeof ownOptions)[number]["has"]): string[] =>
  Object.values(surrogates)
    .filter((s) => s[has])
    .map((s) => s.name);
