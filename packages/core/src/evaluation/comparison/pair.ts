/** What two models have in common: equal counts, one family, the same graph at another size. */

import type { Facts } from "./facts.js";

/**
 * Counts within 5 % are called equal. The matched pairs of the depth-against-width study (ViT D48/W768 and D12/W1536, and
 * D48/W384 and D12/W768) lie within 3.7 %.
 */
const EQUAL_WITHIN = 1.05;

/** Share of the operators that two models have in common before they count as one family. Ours. */
const FAMILY_OVERLAP = 0.8;

export type CountName = {
  [K in keyof Facts]-?: Facts[K] extends number | undefined ? K : never;
}[keyof Facts];

/** How many times larger the larger one is, at least 1; `undefined` where one is not known or is 0. */
export function spread(a: Facts, b: Facts, count: CountName): number | undefined {
  const [x, y] = [a[count], b[count]];
  if (x === undefined || y === undefined || x <= 0 || y <= 0) return undefined;
  return Math.max(x, y) / Math.min(x, y);
}

export const areEqual = (a: Facts, b: Facts, count: CountName): boolean =>
  (spread(a, b, count) ?? Number.POSITIVE_INFINITY) <= EQUAL_WITHIN;

/** Whether the larger is at least `times` the smaller. */
export const isApart = (a: Facts, b: Facts, count: CountName, times: number): boolean =>
  (spread(a, b, count) ?? 1) >= times;

/** The model with more first. */
export const byMore = (a: Facts, b: Facts, count: CountName): readonly [Facts, Facts] =>
  (a[count] ?? 0) >= (b[count] ?? 0) ? [a, b] : [b, a];

/** As declared; else whether they are made of the same operators. */
export function areOneFamily(a: Facts, b: Facts): boolean {
  const [fa, fb] = [a.model.declared?.family, b.model.declared?.family];
  if (fa !== undefined && fb !== undefined) return fa === fb;
  const union = new Set([...a.operators, ...b.operators]);
  const common = [...a.operators].filter((op) => b.operators.has(op)).length;
  return union.size > 0 && common / union.size >= FAMILY_OVERLAP;
}

/** How often a parameter is used in one run, on average: above 1 where layers share weights. */
export function reuseFactor({ parameters, parameterUses }: Facts): number | undefined {
  if (!parameters || !parameterUses) return undefined;
  return parameterUses / parameters;
}

/** Parameters stored for each that a run touches: above 1 for experts and tables. */
export function storedPerActive({ parameters, activeParameters }: Facts): number | undefined {
  if (!parameters || !activeParameters) return undefined;
  return parameters / activeParameters;
}

/** The larger over the smaller of a property that both have; 1 where one is not known. */
export function differenceIn(
  a: Facts,
  b: Facts,
  property: (m: Facts) => number | undefined,
): number {
  const [x, y] = [property(a), property(b)];
  return x === undefined || y === undefined ? 1 : Math.max(x, y) / Math.min(x, y);
}
