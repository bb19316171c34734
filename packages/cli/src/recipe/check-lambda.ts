/** What a schedule of lambda must fit to: it rises or falls over some epochs, or goes in steps, and not both. */

import { UserError } from "@frugal/core/base";
import type { ResolvedRecipe } from "./schema.js";

/** @throws UserError E_CONFIG. */
export function checkLambda({ objective: { lambda } }: ResolvedRecipe, source: string): void {
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
}
