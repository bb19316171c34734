/** Amounts as people write them: 2M, 300k, 50 %. */

import { UserError } from "@frugal/core/base";

const factors: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

/**
 * The number that an amount means: `"2M"` is 2,000,000; plain numbers are themselves.
 *
 * @example
 * parseAmount("300k", "evaluate.budgets.0") // 300000
 */
export function parseAmount(text: string | number, where: string): number {
  if (typeof text === "number") return text;
  const match = /^\s*([0-9]+(?:\.[0-9]+)?(?:e[0-9]+)?)\s*([kKMGT]?)\s*$/.exec(text);
  if (!match) {
    throw new UserError("E_CONFIG", `${JSON.stringify(text)} is no amount`, {
      where,
      allowed: 'a number with an optional unit k, M, G or T, such as "300k" or "2M"',
      next: "write the number and its unit without other words",
    });
  }
  return Number(match[1]) * factors[match[2]!]!;
}

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

/** 1234567 as 1.23M: for tables, three significant digits. */
export function formatAmount(value: number): string {
  const unit = (
    [
      ["G", 1e9],
      ["M", 1e6],
      ["k", 1e3],
    ] as const
  ).find(([, f]) => value >= f);
  if (!unit) return Number(value.toPrecision(3)).toString();
  return `${Number((value / unit[1]).toPrecision(3))}${unit[0]}`;
}
