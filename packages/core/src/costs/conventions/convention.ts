/** A convention: what one counter prints for a model, as prices of the same quantities. */

import type { Profile } from "../onnx/index.js";
import type { CountedItem } from "./item.js";
import { batchOf, itemsOf, noTraits } from "./items.js";
import { type Price, type Priced, priceOf } from "./price.js";
import { type Quantity, quantityLabels } from "./quantities.js";
import type { SourceTraits } from "./traits.js";

export type ConventionUnit = "MACs" | "FLOPs" | "ops" | "elements";

/** factor * count = value; values add up to the total. */
export interface Term {
  readonly label: string;
  readonly factor: number;
  readonly count: number;
  readonly value: number;
  /** Of the total, in [0, 1]; absent where the total is 0. */
  readonly share?: number;
  /** Why the factor is what it is, where that surprises. */
  readonly note?: string;
}

export interface Convention<Name extends string = string> {
  readonly name: Name;
  /** Name and, where there are several, the column or back end. */
  readonly title: string;
  /** What the number is, whatever the tool calls it. */
  readonly unit: ConventionUnit;
  /** In one sentence. */
  readonly counts: string;
  /** Of one sample, where the tool divides by the batch. */
  readonly per: "batch" | "sample";
  /** Items that are priced, and what the price is. */
  price(item: CountedItem, traits: SourceTraits): Priced;
  terms(profile: Profile, traits?: SourceTraits): readonly Term[];
  total(profile: Profile, traits?: SourceTraits): number;
}

export interface ConventionOptions<Name extends string> {
  readonly name: Name;
  readonly title: string;
  readonly unit: ConventionUnit;
  readonly counts: string;
  /** Default `batch`. */
  readonly per?: "batch" | "sample";
  /** What is absent is not counted. */
  readonly prices: Readonly<Partial<Record<Quantity, Price>>>;
}

/** Terms of equal quantity, factor and reason are one. */
function termsOf(
  items: readonly CountedItem[],
  price: Convention["price"],
  traits: SourceTraits,
): Term[] {
  const terms = new Map<string, { label: string; factor: number; count: number; note?: string }>();
  for (const item of items) {
    const { factor, why } = price(item, traits);
    if (factor === 0) continue;
    const key = `${item.quantity}|${factor}|${why}`;
    const term = terms.get(key);
    if (term) term.count += item.count;
    else {
      const label = quantityLabels[item.quantity];
      terms.set(key, { label, factor, count: item.count, ...(why ? { note: why } : {}) });
    }
  }
  return [...terms.values()].map((t) => ({ ...t, value: t.factor * t.count }));
}

const sumOf = (terms: readonly Term[]) => terms.reduce((sum, t) => sum + t.value, 0);

/** What is left of the whole batch's number for one sample, as a term that is subtracted. */
function batchTerm(sum: number, batch: number): Term[] {
  if (batch === 1) return [];
  const note = "the tool divides by the number of samples in the input";
  const factor = 1 / batch - 1;
  return [{ label: "division by the batch", factor, count: sum, value: sum / batch - sum, note }];
}

export function convention<Name extends string>(
  options: ConventionOptions<Name>,
): Convention<Name> {
  const { prices, per = "batch", ...identity } = options;
  const price: Convention["price"] = (item, traits) => priceOf(prices[item.quantity], item, traits);
  const terms = (profile: Profile, traits: SourceTraits = noTraits): readonly Term[] => {
    const found = termsOf(itemsOf(profile, traits), price, traits);
    const whole = sumOf(found);
    if (per === "sample") found.push(...batchTerm(whole, batchOf(profile, traits)));
    const total = sumOf(found);
    return total === 0 ? found : found.map((t) => ({ ...t, share: t.value / total }));
  };
  return { ...identity, per, price, terms, total: (p, traits) => sumOf(terms(p, traits)) };
}
