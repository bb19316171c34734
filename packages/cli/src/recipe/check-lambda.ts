/**
 * What a schedule of lambda must fit to: it rises or falls over some epochs, or goes in steps, and not both; and it is there
 * before it falls to 0.
 */

import { UserError } from "@frugal/core/base";
import type { ResolvedRecipe } from "./schema.js";

/** @throws UserError E_CONFIG. */
export function checkLambda(
  { objective: { lambda }, epochs }: ResolvedRecipe,
  source: string,
): void {
  if (typeof lambda === "number") return;
  const ramp = (["from", "shape"] as const).find((key) => lambda[key] !== undefined);
  const refuse = (key: string, what: string, help: { allowed: string; next: string }) =>
    new UserError("E_CONFIG", what, { where: `${source}: objective.lambda.${key}`, ...help });
  if (lambda.step && (ramp !== undefined || lambda.warmup > 0)) {
    throw refuse("step", "lambda cannot go in steps and warm up", {
      allowed: "step, or warmup with from and shape",
      next: `remove step, or remove ${ramp ?? "warmup"}`,
    });
  }
  if (ramp !== undefined && lambda.warmup === 0) {
    throw refuse(ramp, `${ramp} is of a warm-up, and there is none`, {
      allowed: "with objective.lambda.warmup > 0",
      next: `give warmup, in epochs, or remove ${ramp}`,
    });
  }
  if (lambda.cooldown > 0 && lambda.warmup + lambda.cooldown > epochs) {
    throw refuse("cooldown", "warm-up and cool-down of lambda are longer than the run", {
      allowed: `warmup + cooldown <= epochs, here ${lambda.warmup} + ${lambda.cooldown} <= ${epochs}`,
      next: "lower cooldown or warmup, or raise epochs",
    });
  }
}
