/** The hazard chain: from gates to the probability of each exit. */

import { UserError } from "../base/index.js";
import type { Value } from "../graph/index.js";
import { functions as f } from "../ops/index.js";
import type { TracedExits } from "./trace-exits.js";

export interface ExitChain {
  /** [N] per exit: p_k = h_k prod_{j<k} (1 - h_j), h_K = 1. They add up to one. */
  readonly probabilities: readonly Value[];
  /** [N] per exit: prod_{j<k} (1 - h_j), the probability of getting there; undefined (certain) for the first. */
  readonly reach: readonly (Value | undefined)[];
}

/**
 * Exit probabilities and reach, by one running product: both p_k and what is left are parts of the same number, so
 * they add up to one to the last bit that float32 keeps, and no difference of near-equal numbers is taken.
 *
 * @example
 * const { probabilities, reach } = exitChain([input("h1", [64]), input("h2", [64])]);
 * [probabilities.length, reach.length] // [3, 3]
 */
export function exitChain(hazards: readonly Value[]): ExitChain {
  if (hazards.length === 0) {
    throw new UserError("E_CONFIG", "a hazard chain without gates", {
      allowed: "at least one early exit",
      next: "use the plain objective for a network without exits",
    });
  }
  const probabilities: Value[] = [];
  const reach: (Value | undefined)[] = [undefined];
  let left: Value | undefined;
  for (const h of hazards) {
    const stays = f.sub(1, h);
    probabilities.push(left ? f.mul(left, h) : h);
    left = left ? f.mul(left, stays) : stays;
    reach.push(left);
  }
  return { probabilities: [...probabilities, left!], reach };
}

/**
 * The probability of each exit, one [N] per hazard and one for the last exit.
 *
 * @example
 * exitProbabilities([input("h1", [64]), input("h2", [64])]).length // 3
 */
export const exitProbabilities = (hazards: readonly Value[]): readonly Value[] =>
  exitChain(hazards).probabilities;

/**
 * The hazards of all early exits, or an error if the network was traced without gates.
 *
 * @example
 * hazardsOf(traced).map((h) => h.shape) // [[16]]
 */
export function hazardsOf({ exits }: Pick<TracedExits, "exits">): Value[] {
  return exits.slice(0, -1).map(({ name, hazard }) => {
    if (hazard) return hazard;
    throw new UserError("E_CONFIG", `the exit "${name}" has no gate`, {
      where: "gate",
      allowed: 'gate: "hazard"',
    });
  });
}
