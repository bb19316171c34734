/** Numbers as papers print them: with few digits and a unit, rounded or cut off. */

import { UserError } from "../../base/index.js";

export interface PrintedNumber {
  readonly value: number;
  /** Of the last digit that is given: 0.01e9 for "4.11 G". 1 where all digits are given. */
  readonly step: number;
}

const scales: Readonly<Record<string, number>> = { K: 3, M: 6, G: 9, B: 9, T: 12 };

/** Ten to a whole power as the literal has it: 10 ** n is not exact for every n. */
const powerOfTen = (exponent: number): number => Number(`1e${exponent}`);

/** "4.11 GFLOPs", "4,089,184,256", "1.8e9", 4.11e9: of a number, zeros at the end are taken for digits that are not given. */
export function readPrinted(printed: number | string): PrintedNumber {
  const text = String(printed).replaceAll(/[,_]/g, "").trim();
  const match = /^(\d+)(?:\.(\d+))?(?:e\+?(\d+))?\s*([KMGBT])?[a-z-]*$/i.exec(text);
  if (!match) {
    throw new UserError("E_CONFIG", `"${printed}" is no number of operations`, {
      allowed: "4089184256, 4.11 G, 1.8 GFLOPs, 1.8e9",
    });
  }
  const [, whole = "", decimals = "", exponent = "0", letter = ""] = match;
  const scale = Number(exponent) + (scales[letter.toUpperCase()] ?? 0) - decimals.length;
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
