/** Numbers as evidence: short enough to read in a sentence. */

const steps: readonly (readonly [factor: number, letter: string])[] = [
  [1e12, " T"],
  [1e9, " G"],
  [1e6, " M"],
  [1e3, " k"],
];

/** Three significant digits: 11.7 M, 4.09 G. */
export function amount(n: number): string {
  const [factor, letter] = steps.find(([f]) => Math.abs(n) >= f) ?? [1, ""];
  const scaled = n / factor;
  return Number.isInteger(scaled) && letter === ""
    ? String(scaled)
    : `${Number(scaled.toPrecision(3))}${letter}`;
}

/** 1.03, 9.4, 12. */
export const factor = (n: number): string => String(Number(n.toPrecision(n < 10 ? 3 : 2)));

export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

export const ms = (n: number): string => `${Number(n.toPrecision(3))} ms`;

/** How often: once, 7.67 times. */
export const times = (n: number): string => (factor(n) === "1" ? "once" : `${factor(n)} times`);

/** A ratio of two amounts: as many MACs, 3.2 times as many MACs, 3.2 times fewer MACs. */
export function ratio(of: number, what: string): string {
  if (of > 1 / 1.05 && of < 1.05) return `as many ${what}`;
  return of > 1 ? `${factor(of)} times as many ${what}` : `${factor(1 / of)} times fewer ${what}`;
}
