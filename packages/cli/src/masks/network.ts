/** The network of a recipe with masks on its weights, and what a masked network costs. */

import {
  type MaskSettings,
  maskWeights,
  type TracedExits,
  traceExits,
  type WeightMasking,
} from "@frugal/core/adaptive";
import { UserError } from "@frugal/core/base";
import type { CostModel, Ledger } from "@frugal/core/costs";
import { valuesOf } from "../budget/values.js";
import type { Dataset } from "../data/index.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { exitOptions, recipeModel } from "../training/network.js";

export type MaskedNetwork = TracedExits & WeightMasking;

export type Masks = NonNullable<ResolvedRecipe["masks"]>;

export function masksOf({ masks }: ResolvedRecipe): Masks {
  if (masks) return masks;
  throw new UserError("E_CONFIG", "the recipe has no masks", {
    where: "masks",
    next: "add masks: { kind: magnitude, density: 0.25 }",
  });
}

/** Traced for training. */
export function maskedNetwork(
  recipe: ResolvedRecipe,
  dataset: Dataset,
  settings: MaskSettings,
): MaskedNetwork {
  const { only } = masksOf(recipe);
  return maskWeights<TracedExits>(recipeModel(recipe, dataset), {
    ...settings,
    batchSize: recipe.batchSize,
    training: true,
    trace: (model, options) => traceExits(model, { ...exitOptions(recipe), ...options }),
    ...(only ? { only } : {}),
  });
}

/** Digits that survive the sum of shares: beyond them, counts that are equal would differ. */
const DIGITS = 12;

/** The cost of a ledger whose densities are numbers. */
export function densityCost(model: CostModel, ledger: Ledger): number {
  if (!ledger.entries.some((e) => e.density)) return model.full(ledger);
  const [value] = valuesOf({ cost: model.expected(ledger) }, {}).cost!;
  return Number(value!.toPrecision(DIGITS));
}
