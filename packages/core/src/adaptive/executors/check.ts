/** What every executor checks before it runs. */

import { UserError } from "../../base/index.js";
import { formatShape, type HostTensor, sameShape } from "../../tensor/index.js";
import type { ExitRule } from "../decision.js";
import { policies } from "../policies/index.js";
import type { TracedExits } from "../trace-exits.js";

/** Throws unless the rule fits the exits and the input fits the model. */
export function checkRun(
  { exits, model }: Pick<TracedExits, "exits" | "model">,
  { input, rule }: { readonly input: HostTensor; readonly rule: ExitRule },
): void {
  const early = exits.slice(0, -1);
  if (rule.thresholds.length !== early.length) {
    throw new UserError("E_CONFIG", `${rule.thresholds.length} thresholds given`, {
      where: "thresholds",
      allowed: `${early.length}: one for each of ${early.map((e) => e.name).join(", ") || "none"}`,
    });
  }
  const open = rule.thresholds.some((t) => t !== null);
  const ungated = early.find((e) => !e.hazard);
  if (open && policies[rule.policy].needsHazard && ungated) {
    throw new UserError("E_CONFIG", `the exit "${ungated.name}" has no gate`, {
      where: `policy "${rule.policy}"`,
      allowed: 'policies "confidence" and "entropy", or a network with gates',
    });
  }
  if (!sameShape(input.shape.slice(1), model.inputShape)) {
    throw new UserError("E_SHAPE", `a batch of shape ${formatShape(input.shape)}`, {
      where: `model ${model.name}`,
      allowed: `[any, ${model.inputShape.join(", ")}]`,
    });
  }
}

/**
 * The part of the state that a graph reads, or an error that names what is missing.
 *
 * @example
 * Object.keys(pickState(["hidden0.weight"], state)) // ["hidden0.weight"]
 */
export function pickState(
  names: readonly string[],
  state: Readonly<Record<string, HostTensor>>,
): Record<string, HostTensor> {
  return Object.fromEntries(
    names.map((name) => {
      const value = state[name];
      if (value) return [name, value];
      throw new UserError("E_RUN", `the weights lack "${name}"`, {
        next: "use the weights of this very network, with its exits",
      });
    }),
  );
}
