/** Amounts as people write them: 2M, 300k, 5 ms, 50 %. */

import { UserError } from "../base/index.js";
import type { CostUnit } from "../costs/index.js";

const si: Readonly<Record<string, number>> = {
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
 * @throws UserError E_CONFIG for anything else, at `where`.
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
  return Number(match[1]) * si[match[2]!]!;
}

/**
 * 1234567 as 1.23M: for tables, three significant digits.
 *
 * @example
 * formatAmount(1_234_567) // "1.23M"
 */
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

/** How amounts of a unit may be written. */
interface Notation {
  /** Factors to the unit itself; "" where a bare number is clear. */
  readonly factors: Readonly<Record<string, number>>;
  /** Words that may follow the factor. */
  readonly words: readonly string[];
  readonly example: string;
}

const count = (example: string, ...words: readonly string[]): Notation => ({
  factors: si,
  words: ["", ...words],
  example,
});

const notations: Readonly<Record<CostUnit, Notation>> = {
  MACs: count("2M", "MACs", "MAC"),
  FLOPs: count("4M", "FLOPs", "FLOP"),
  operations: count("1M", "operations", "ops"),
  parameters: count("300k", "parameters"),
  elements: count("50k", "elements"),
  layers: count("8", "layers"),
  stages: count("2", "stages"),
  experts: count("2", "experts"),
  kernels: count("20", "kernels"),
  bytes: {
    factors: { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 },
    words: [""],
    example: "300kB",
  },
  ms: { factors: { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3 }, words: [""], example: "5ms" },
  J: {
    factors: { pJ: 1e-12, nJ: 1e-9, uJ: 1e-6, µJ: 1e-6, mJ: 1e-3, J: 1 },
    words: [""],
    example: "2mJ",
  },
};

/**
 * An amount of a cost with its unit, in that cost's own unit; undefined where the unit is not one of it. Counts may be
 * bare; times, energies and bytes may not: `5` is no time.
 *
 * @example
 * parseQuantity("5us", "ms") // 0.005
 * parseQuantity("2M", "MACs") // 2000000
 * parseQuantity("5", "ms") // undefined
 */
export function parseQuantity(text: string, unit: CostUnit): number | undefined {
  const match = /^\s*([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)\s*([^0-9\s].*?)?\s*$/.exec(text);
  if (!match) return undefined;
  const { factors, words } = notations[unit];
  const suffix = match[2] ?? "";
  for (const word of words) {
    if (!suffix.toLowerCase().endsWith(word.toLowerCase())) continue;
    const factor = factors[suffix.slice(0, suffix.length - word.length).trim()];
    if (factor !== undefined) return Number(match[1]) * factor;
  }
  return undefined;
}

/**
 * How amounts of a unit are written, in words.
 *
 * @example
 * quantityHelp("ms") // "a number with ns, us, µs, ms or s, such as 5ms"
 */
export function quantityHelp(unit: CostUnit): string {
  const { factors, example } = notations[unit];
  const names = Object.keys(factors).filter((name) => name !== "");
  const list = `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  return "" in factors
    ? `a number of ${unit}, with ${list} or without, such as ${example}`
    : `a number with ${list}, such as ${example}`;
}

/**
 * An amount with its unit, for messages: three significant digits.
 *
 * @example
 * formatQuantity(2_000_000, "MACs") // "2M MACs"
 * formatQuantity(5, "ms") // "5 ms"
 */
export function formatQuantity(value: number, unit: CostUnit): string {
  const isCount = "" in notations[unit].factors || unit === "bytes";
  return `${isCount ? formatAmount(value) : Number(value.toPrecision(3))} ${unit}`;
}
