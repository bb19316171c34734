/** Prices of items: a factor, and why, where it is not what one would expect. */

import type { CountedItem } from "./item.js";
import type { AttentionStyle, SourceTraits } from "./traits.js";

export interface Priced {
  readonly factor: number;
  readonly why?: string;
}

/** A function where it depends on how the network was written. */
export type Price = number | Priced | ((item: CountedItem, traits: SourceTraits) => Priced);

export function priceOf(price: Price | undefined, item: CountedItem, traits: SourceTraits): Priced {
  if (price === undefined) return { factor: 0 };
  if (typeof price === "number") return { factor: price };
  return typeof price === "function" ? price(item, traits) : price;
}

const siteSentences: Readonly<Record<CountedItem["site"], string>> = {
  module: "it was called as a module",
  functional: "a function that is called is not a module",
  tensor: "torch.relu and tensor methods are not replaced",
  captured: "the model kept the function from before it was replaced",
  mean: "a mean over axes is no pooling operator",
};

/** Tools that hook modules and compare their exact type: functions and derived classes are not seen. */
export const exactModules =
  (price: Price): Price =>
  (item, traits) => {
    if (item.site !== "module") return { factor: 0, why: siteSentences[item.site] };
    if (item.isSubclass) return { factor: 0, why: "a derived class is another type" };
    return priceOf(price, item, traits);
  };

/** Tools that hook modules without children, whatever their class. */
export const leafModules =
  (price: Price): Price =>
  (item, traits) => {
    if (item.site !== "module") return { factor: 0, why: siteSentences[item.site] };
    if (item.hasChildren) return { factor: 0, why: "a class that holds modules is no leaf" };
    return priceOf(price, item, traits);
  };

/** Tools that replace functions of torch.nn.functional, which modules call too. */
export const replacedFunctions =
  (price: Price): Price =>
  (item, traits) =>
    item.site === "module" || item.site === "functional"
      ? priceOf(price, item, traits)
      : { factor: 0, why: siteSentences[item.site] };

/** Tools that hook modules and replace functions: a module that calls such a function is counted by both. */
export const hooksAndFunctions =
  (factors: { readonly hook: number; readonly called: number }): Price =>
  (item) => {
    const { hook, called } = factors;
    if (item.site === "functional") return { factor: called };
    if (item.site !== "module") return { factor: 0, why: siteSentences[item.site] };
    return hook > 0 && called > 0
      ? {
          factor: hook + called,
          why: "the hook of the module and the replaced function both count",
        }
      : { factor: hook + called };
  };

const hidden: Readonly<Record<AttentionStyle, string>> = {
  matmul: "torch.matmul is not counted",
  operator: "the @ operator is not among the functions that are replaced",
  fused: "scaled_dot_product_attention has no rule",
  timm: "scaled_dot_product_attention has no rule",
  "nn.MultiheadAttention": "the fast path of nn.MultiheadAttention is one operator without a rule",
};

/** By how attention was written; what is not an attention block is counted as with `matmul`. */
export const byAttention =
  (factors: Readonly<Record<AttentionStyle, number>>): Price =>
  (item, traits) => {
    const style = item.attention ? (traits.attention ?? "matmul") : "matmul";
    const factor = factors[style];
    return factor === 0 ? { factor, why: hidden[style] } : { factor };
  };

/** The layers around attention vanish with nn.MultiheadAttention's fast path. */
export const unlessFastPath =
  (price: Price): Price =>
  (item, traits) =>
    item.attention === "projection" && traits.attention === "nn.MultiheadAttention"
      ? { factor: 0, why: hidden["nn.MultiheadAttention"] }
      : priceOf(price, item, traits);

/** A trace keeps only what the result depends on. */
export const unlessPruned =
  (price: Price): Price =>
  (item, traits) =>
    item.isDead
      ? { factor: 0, why: "the trace drops what the result does not depend on" }
      : priceOf(price, item, traits);
