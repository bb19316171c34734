/** The countable things of a profile under given source traits. */

import type { LedgerEntry } from "../entry.js";
import { isUnder } from "../ledger.js";
import type { Profile } from "../onnx/index.js";
import type { CountedItem, Part, Site } from "./item.js";
import { partRules, products } from "./parts.js";
import type { Quantity } from "./quantities.js";
import { productOf, shapeOf } from "./shapes.js";
import { type Sites, sitesOf } from "./sites.js";
import type { SourceTraits, Subclass } from "./traits.js";

const activationQuantities: ReadonlySet<Quantity> = new Set<Quantity>([
  ...(["relu", "relu6", "leakyRelu", "silu", "gelu", "sigmoid"] as const),
  ...(["hardSigmoid", "hardSwish", "tanh", "otherActivations"] as const),
]);

const isPool = (q: Quantity) => /^(max|window|adaptive)Pool/.test(q);

/** Exporters write pools over the last two axes of an image as means; other means are no pools. */
function isImageMean({ kind, detail }: LedgerEntry): boolean {
  if (kind !== "ReduceMean") return true;
  const [x, y] = [shapeOf(detail?.inputs[0]), shapeOf(detail?.outputs[0])];
  return x?.length === 4 && productOf(y ?? []) === x[0]! * x[1]! && (y?.[1] ?? 0) === x[1];
}

function poolSite(entry: LedgerEntry, site: Site, style: SourceTraits["pools"]): Site {
  if (style === "mean outside modules") return site === "module" ? site : "mean";
  return style ?? (isImageMean(entry) ? site : "mean");
}

/** The window moves by more than one element. */
function isStrided({ detail }: LedgerEntry): boolean {
  const [x, y] = [shapeOf(detail?.inputs[0]), shapeOf(detail?.outputs[0])];
  return x !== undefined && y !== undefined && x.at(-1)! > 1.5 * y.at(-1)!;
}

const subclassTests: Readonly<
  Record<Subclass["layer"], (entry: LedgerEntry, quantity: Quantity) => boolean>
> = {
  "batch norm": (e) => e.kind === "BatchNormalization",
  "layer norm": (e) => e.kind === "LayerNormalization",
  "strided convolution": (e, q) => q.startsWith("convolution") && isStrided(e),
};

interface Context {
  readonly traits: SourceTraits;
  readonly sites: Sites;
  /** Products of activations met so far, by path: every second one applies the weights. */
  readonly mixes: Map<string, number>;
}

function partsOf(entry: LedgerEntry, mixes: Map<string, number>): readonly Part[] {
  const parts = [...products(entry), ...(partRules[entry.kind]?.(entry) ?? [])];
  if (entry.detail?.macKind === "matmul") {
    const met = mixes.get(entry.path) ?? 0;
    mixes.set(entry.path, met + 1);
    const queries = productOf(shapeOf(entry.detail.inputs[0]) ?? []);
    if (met % 2 === 0) parts.push({ quantity: "queryElements", count: queries });
  }
  return parts.filter((p) => p.count !== 0);
}

function siteOf(entry: LedgerEntry, quantity: Quantity, { traits, sites }: Context): Site {
  const called = sites.isLayer(entry.path) ? "module" : "functional";
  if (isPool(quantity)) return poolSite(entry, called, traits.pools);
  return activationQuantities.has(quantity) ? (traits.activations ?? called) : called;
}

/** What runs between the projections of an attention block, and the projections. */
function attentionPart(path: string, quantity: Quantity, sites: Sites): CountedItem["attention"] {
  if (!sites.isAttention(path)) return undefined;
  if (/^(attention|query|softmax)/.test(quantity)) return "core";
  return quantity.startsWith("linear") ? "projection" : undefined;
}

function itemsOfEntry(entry: LedgerEntry, context: Context): readonly CountedItem[] {
  const { traits, sites } = context;
  const { path, kind: op } = entry;
  const isDead = traits.pruned?.some((p) => isUnder(path, p)) === true;
  const isWindow = traits.globalPools === "window" && op === "AveragePool";
  return partsOf(entry, context.mixes).map((part): CountedItem => {
    const { quantity } = part;
    const subclass = traits.subclassed?.find(
      (s) =>
        subclassTests[s.layer](entry, quantity) && (s.under?.some((u) => isUnder(path, u)) ?? true),
    );
    const attention = attentionPart(path, quantity, sites);
    return {
      ...part,
      path,
      op,
      site: siteOf(entry, quantity, context),
      ...(attention ? { attention } : {}),
      ...(subclass ? { isSubclass: true } : {}),
      ...(subclass?.hasChildren ? { hasChildren: true } : {}),
      ...(isDead ? { isDead } : {}),
      ...(isWindow ? { isWindow } : {}),
    };
  });
}

/** x * sigmoid(x): the ledger counts nothing for such a product, and the sigmoid before it becomes a SiLU. */
function joinSwish(entry: LedgerEntry, items: CountedItem[]): boolean {
  const isSwish =
    entry.kind === "Mul" && entry.otherOps > 0 && entry.detail?.elements.mul === undefined;
  if (!isSwish) return false;
  const size = productOf(shapeOf(entry.detail?.outputs[0]) ?? []);
  const at = items.findLastIndex(
    (i) => i.quantity === "sigmoid" && i.count === size && i.path === entry.path,
  );
  if (at < 0) return false;
  items[at] = { ...items[at]!, quantity: "silu" };
  return true;
}

export const noTraits: SourceTraits = {};

/** A profile and traits never change, and every convention asks for the same items. */
const known = new WeakMap<Profile, WeakMap<SourceTraits, readonly CountedItem[]>>();

/** Sorted as in the ledger, with the same quantities in the same order whatever the traits; counts are of the whole batch. */
export function itemsOf(profile: Profile, traits: SourceTraits): readonly CountedItem[] {
  const ofProfile = known.get(profile) ?? new WeakMap<SourceTraits, readonly CountedItem[]>();
  known.set(profile, ofProfile);
  const items = ofProfile.get(traits) ?? findItems(profile, traits);
  ofProfile.set(traits, items);
  return items;
}

function findItems(profile: Profile, traits: SourceTraits): readonly CountedItem[] {
  const { entries } = profile.ledger;
  const context: Context = { traits, sites: sitesOf(entries), mixes: new Map() };
  const items: CountedItem[] = [];
  for (const entry of entries) {
    if (!joinSwish(entry, items)) items.push(...itemsOfEntry(entry, context));
  }
  return items;
}

/** Samples in the input: the first axis of the first input. */
export const batchOf = (profile: Profile, traits: SourceTraits): number =>
  traits.batch ?? shapeOf(Object.values(profile.inputs)[0])?.[0] ?? 1;
