/** What a budget in a recipe must fit to: a decision that keeps it, an objective, and epochs to decide in. */

import { UserError } from "@frugal/core/base";
import { parseBudget } from "@frugal/core/objectives";
import type { ResolvedRecipe } from "./schema.js";

type Schedule = Pick<ResolvedRecipe, "channels" | "epochs">;

/**
 * Epochs after which channels are removed: the small network is trained in the rest.
 *
 * @example
 * decidingEpochs({ epochs: 10, channels: { kind: "gamma", multiple: 1, controller: "pi" } }) // 5
 */
export const decidingEpochs = ({ channels, epochs }: Schedule): number =>
  epochs - (channels?.fineTune ?? Math.floor(epochs / 2));

/** Epochs in which the budget has no price. */
export const warmupEpochs = (recipe: Schedule): number =>
  recipe.channels?.warmup ?? decidingEpochs(recipe) / 4;

/** @throws UserError E_CONFIG. */
export function checkBudget(recipe: ResolvedRecipe, source: string): void {
  const { channels, masks, objective, epochs } = recipe;
  const { budget, kind } = objective;
  const refuse = (what: string, key: string, help: { allowed: string; next: string }) =>
    new UserError("E_CONFIG", what, { where: `${source}: ${key}`, ...help });
  if (budget === undefined && channels === undefined) return;
  // What keeps it is masks, with checks of their own.
  if (masks !== undefined && channels === undefined) return;
  if (budget === undefined) {
    throw refuse("no cost sees the decision channels: there is no budget", "objective.budget", {
      allowed: "at least one limit, such as macs: 2M",
      next: "give a budget, or remove the key channels",
    });
  }
  if (channels === undefined) {
    throw refuse("nothing decides what the budget is about", "channels", {
      allowed: "channels: { kind: hardConcrete }, or masks: { kind: magnitude }",
      next: "add the key channels or masks, or remove objective.budget",
    });
  }
  parseBudget(budget!, { where: `${source}: objective.budget` });
  if (kind !== "plain") {
    throw refuse(
      `a budget of channels is kept with objective "plain", not "${kind}"`,
      "objective.kind",
      {
        allowed: "plain",
        next: "add --set objective.kind=plain, or give evaluate.budgets for exits",
      },
    );
  }
  const deciding = decidingEpochs(recipe);
  if (deciding < 1) {
    throw refuse(
      `${channels.fineTune} epochs of fine-tuning leave none to decide in`,
      "channels.fineTune",
      {
        allowed: `0 to ${epochs - 1}`,
        next: "lower channels.fineTune or raise epochs",
      },
    );
  }
  if (warmupEpochs(recipe) >= deciding) {
    throw refuse(
      `a warm-up of ${channels.warmup} epochs leaves none to decide in`,
      "channels.warmup",
      {
        allowed: `less than the ${deciding} epochs before fine-tuning`,
        next: "lower channels.warmup or raise epochs",
      },
    );
  }
}
