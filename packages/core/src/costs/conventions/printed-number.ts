/** Numbers as papers print them: with few digits and a unit, rounded or cut off. */

import { UserError } from "../../base/index.js";

export interface PrintedNumber {
  readonly value: number;
  /** Of the last digit that is given: 0.01e9 for "4.11 G". 1 where all digits are given. */
  readonly step: number;
}

/** Powers of ten by prefix or word, in lower case. */
const scales: Readonly<Record<string, number>> = {
  k: 3,
  m: 6,
  million: 6,
  g: 9,
  b: 9,
  billion: 9,
  t: 12,
};

const PATTERN =
  /^(\d+)(?:\.(\d+))?(?:e\+?(\d+))?\s*(million|billion|[kmgbt])?\s*(?:flops?|macc?s?|mult-?adds?|ops?)?$/i;

/** Ten to a whole power as the literal has it: 10 ** n is not exact for every n. */
const powerOfTen = (exponent: number): number => Number(`1e${exponent}`);

/** "4.11 GFLOPs", "4,089,184,256", "1.8e9", 4.11e9: of a number, zeros at the end are taken for digits that are not given. */
export function readPrinted(printed: number | string): PrintedNumber {
  const text = String(printed).replaceAll(/[,_]/g, "").trim();
  const match = PATTERN.exec(text);
  if (!match) {
    throw new UserError("E_CONFIG", `"${printed}" is no number of operations`, {
      allowed: "4089184256, 4.11 G, 1.8 GFLOPs, 1.8e9",
    });
  }
  const [, whole = "", decimals = "", exponent = "0", prefix = ""] = match;
  const scale = Number(exponent) + (scales[prefix.toLowerCase()] ?? 0) - decimals.length;
  const digits = `${whole}${decimals}`;
  const value = Number(`${digits}e${scale}`);
  const isWhole = scale === 0 && decimals === "";
  const open =
    isWhole && typeof printed === "number" ? digits.length - digits.replace(/0+$/, "").length : 0;
  return { value, step: powerOfTen(scale + open) };
}

export type Agreement = "exact" | "rounded" | "cut off";

/** How a number agrees with a printed one, if it does. */
export function agreement(total: number, { value, step }: PrintedNumber): Agreement | undefined {
  if (total === value) return "exact";
  if (step <= 1) return undefined;
  if (Math.abs(total - value) <= step / 2) return "rounded";
  return total > value && total - value < step ? "cut off" : undefined;
}
