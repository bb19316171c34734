/** Amounts as people write them: 2M, 300k, 50 %. */

import { UserError } from "@frugal/core/base";
import { formatAmount, parseAmount } from "@frugal/core/objectives";

export { formatAmount, parseAmount };

/** A budget: a share of the cost of the full network, or an absolute number of MACs. */
export type Budget =
  | { readonly kind: "fraction"; readonly value: number }
  | { readonly kind: "macs"; readonly value: number };

/**
 * A budget as recipes and `--budget` give it: 0.5 and "50%" are shares, "2M" and numbers above 1 are MACs.
 *
 * @example
 * parseBudget("50%", "evaluate.budgets.0") // { kind: "fraction", value: 0.5 }
 */
export function parseBudget(given: string | number, where: string): Budget {
  const percent = typeof given === "string" ? /^\s*([0-9.]+)\s*%\s*$/.exec(given)?.[1] : undefined;
  const value = percent === undefined ? parseAmount(given, where) : Number(percent) / 100;
  if (!Number.isFinite(value) || value <= 0 || (percent !== undefined && value > 1)) {
    throw new UserError("E_CONFIG", `${JSON.stringify(given)} is no budget`, {
      where,
      allowed: 'a share of the full cost such as 0.5 or "50%", or MACs such as "2M"; above 0',
      next: "use 1 for the whole network",
    });
  }
  return value <= 1 ? { kind: "fraction", value } : { kind: "macs", value };
}
