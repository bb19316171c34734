/** Numbers for the eye and in full. */

import { percent } from "../app/format.js";

const steps = [
  ["P", 1e15],
  ["T", 1e12],
  ["G", 1e9],
  ["M", 1e6],
  ["k", 1e3],
] as const;

/** Three significant digits: 4.09 G, 550 k, 12. */
export function short(value: number, unit = ""): string {
  if (value === 0) return unit ? `0 ${unit}` : "0";
  // 999,999 rounds to 1 M, not to 1000 k.
  const rounded = Number(value.toPrecision(3));
  const [prefix, factor] = steps.find(([, f]) => rounded >= f) ?? ["", 1];
  const number = Number((rounded / factor).toPrecision(3));
  return `${number}${prefix || unit ? " " : ""}${prefix}${unit}`;
}

/** 4,089,184,256. */
export const exact = (value: number): string =>
  value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 2 : 0 });

/** A share of a whole; "–" where there is none. */
export function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) return "–";
  const ratio = part / whole;
  return ratio < 0.0005 ? "<0.1 %" : percent(ratio);
}

/** A number with its unit of a sum in SI: 1.2e-3 J is 1.2 mJ. */
export function tiny(value: number, unit: string): string {
  if (value === 0 || value >= 1) return short(value, unit);
  const small = [
    ["m", 1e-3],
    ["µ", 1e-6],
    ["n", 1e-9],
    ["p", 1e-12],
  ] as const;
  const [prefix, factor] = small.find(([, f]) => value >= f) ?? small[3];
  return `${Number((value / factor).toPrecision(3))} ${prefix}${unit}`;
}

/** Names come from files: what would steer a terminal or break a line is shown as "?". */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones meant.
  text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "?");

/** At most so many characters; the middle gives way, for names differ at their ends. */
export function fit(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}
