/** What the masks of a recipe are to keep: its own density, or the largest that keeps its budget. */

import {
  countsUnder,
  type MaskCounts,
  type MaskSettings,
  maskedLedger,
  type WeightMasking,
  weightMasks,
} from "@frugal/core/adaptive";
import { assert, UserError } from "@frugal/core/base";
import { type CostName, costModels } from "@frugal/core/costs";
import { amountOf, formatQuantity, parseBudget, requireReachable } from "@frugal/core/objectives";
import { type PlannedLimit, requireOneLimit } from "../budget/plan.js";
import type { Dataset } from "../data/index.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { largestDensity } from "./density.js";
import { densityCost, type MaskedNetwork, maskedNetwork, masksOf } from "./network.js";

export interface MaskPlan {
  readonly settings: MaskSettings;
  /** Empty without a budget. */
  readonly limits: readonly PlannedLimit[];
  /** Weights that every mask is to keep. */
  readonly counts: MaskCounts;
}

/** The kind of a recipe with options of its own. */
function settingsOf(recipe: ResolvedRecipe): MaskSettings {
  const { only: _, warmup: __, ...settings } = masksOf(recipe);
  // Options belong to their kind: the recipe was checked for that.
  return settings as MaskSettings;
}

type Definition = (typeof weightMasks)[keyof typeof weightMasks];

/** Counts of kinds that a recipe may name. */
function counted(masking: WeightMasking, settings: MaskSettings): MaskCounts {
  const counts = countsUnder(masking, settings);
  assert(counts, "a recipe names kinds of masks that can be counted");
  return counts;
}

/** What a network with so many weights costs. */
const costUnder = (masking: WeightMasking, counts: MaskCounts) => {
  const ledger = maskedLedger(masking, { counts });
  return (cost: CostName): number => densityCost(costModels[cost], ledger);
};

function limitsOf(
  recipe: ResolvedRecipe,
  masking: WeightMasking,
  fewest: MaskCounts,
): PlannedLimit[] {
  const { budget } = recipe.objective;
  if (!budget) return [];
  const lowest = costUnder(masking, fewest);
  const whole = maskedLedger(masking);
  const isMoved = (cost: CostName) => lowest(cost) < costModels[cost].full(whole);
  const asked = parseBudget(budget);
  const still = asked.find(({ cost }) => !isMoved(cost as CostName));
  if (still) {
    const moved = (Object.keys(costModels) as CostName[]).filter(isMoved);
    throw new UserError("E_CONFIG", `masks do not move ${still.name}: zeros are computed as ever`, {
      where: `objective.budget.${still.name}`,
      allowed: `costs that masks move: ${moved.join(", ")}`,
      next: `limit one of these, or replace masks by channels, which move ${still.cost}`,
    });
  }
  requireOneLimit(asked);
  const limits = asked.map((given): PlannedLimit => {
    const { name, unit } = given;
    const cost = given.cost as CostName;
    const model = costModels[cost];
    const full = model.full(whole);
    const range = { lowest: lowest(cost), highest: full };
    return { name, cost, unit, model, limit: amountOf(given, full), full, range };
  });
  for (const limit of limits) requireReachable(limit, limit.range);
  return limits;
}

/** The limit that so many weights break, with what they cost. */
function brokenBy(
  counts: MaskCounts,
  {
    masking,
    limits,
  }: { readonly masking: WeightMasking; readonly limits: readonly PlannedLimit[] },
) {
  const costOf = costUnder(masking, counts);
  const costs = limits.map((limit) => ({ ...limit, value: costOf(limit.cost as CostName) }));
  return costs.find(({ value, limit }) => value > limit);
}

function refuseBroken(
  broken: ReturnType<typeof brokenBy>,
  { name: kind, options }: Pick<Definition, "name" | "options">,
): void {
  if (!broken) return;
  const { name, unit, limit, range, value } = broken;
  const text = (amount: number) => formatQuantity(amount, unit);
  throw new UserError(
    "E_CONFIG",
    `masks of kind ${kind} come to ${text(value)}, above the limit of ${text(limit)} for ${name}`,
    {
      where: `objective.budget.${name}`,
      allowed: `kind ${kind} reaches ${text(range.lowest)} to ${text(range.highest)}`,
      next: `change ${options.map((o) => `masks.${o}`).join(" or ")}, or raise the limit`,
    },
  );
}

/**
 * The masks of a recipe.
 *
 * @throws UserError E_CONFIG for limits that masks do not move or cannot keep, and for models without weights to mask.
 */
export function planMasks(recipe: ResolvedRecipe, dataset: Dataset): MaskPlan {
  const given = settingsOf(recipe);
  // Kind and options belong together by MaskSettings, which the index cannot express.
  const kind = weightMasks[given.kind] as Definition;
  const { atDensity } = kind;
  const withOptions = (options: object) => ({ ...given, ...options }) as MaskSettings;
  const at = (density: number) => withOptions(atDensity!(density));
  const hasDensity = !recipe.objective.budget || !atDensity;
  const masking = maskedNetwork(recipe, dataset, hasDensity ? given : at(1));
  const fewest = counted(masking, withOptions(kind.sparsest!(given as never)));
  const limits = limitsOf(recipe, masking, fewest);
  const planned = (settings: MaskSettings): MaskPlan => ({
    settings,
    limits,
    counts: counted(masking, settings),
  });
  if (hasDensity) {
    const plan = planned(given);
    refuseBroken(brokenBy(plan.counts, { masking, limits }), kind);
    return plan;
  }
  const countsAt = (density: number) => counted(masking, at(density));
  const density = largestDensity(
    (d) => brokenBy(countsAt(d), { masking, limits }) === undefined,
    (a, b) => JSON.stringify(countsAt(a)) === JSON.stringify(countsAt(b)),
  );
  // The fewest weights keep every limit, and so do densities that are small enough.
  assert(density, "a limit within reach has a density");
  return planned(at(density));
}

/** The plan with its network. */
export function plannedMasks(
  recipe: ResolvedRecipe,
  dataset: Dataset,
): MaskPlan & { readonly network: MaskedNetwork } {
  const plan = planMasks(recipe, dataset);
  return { ...plan, network: maskedNetwork(recipe, dataset, plan.settings) };
}
