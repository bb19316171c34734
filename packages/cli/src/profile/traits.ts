/** What `--trait` says of the Python behind a file, where the numbers of other counters depend on it. */

import { UserError } from "@frugal/core/base";
import type { AttentionStyle, CallStyle, PoolStyle, SourceTraits } from "@frugal/core/costs";
import { didYouMean } from "../app/nearest.js";

/** Every style by its name: a new one in the library is a compile error here. */
const attention: Readonly<Record<AttentionStyle, true>> = {
  matmul: true,
  operator: true,
  fused: true,
  timm: true,
  "nn.MultiheadAttention": true,
};
const calls: Readonly<Record<CallStyle, true>> = {
  module: true,
  functional: true,
  tensor: true,
  captured: true,
};
const pools: Readonly<Record<PoolStyle, true>> = {
  module: true,
  functional: true,
  mean: true,
  "mean outside modules": true,
};

interface Trait {
  /** Its values; absent: a whole number. */
  readonly values?: readonly string[];
  readonly set: (value: string) => SourceTraits;
}

const traits: Readonly<Record<string, Trait>> = {
  attention: {
    values: Object.keys(attention),
    set: (value) => ({ attention: value as AttentionStyle }),
  },
  activations: {
    values: Object.keys(calls),
    set: (value) => ({ activations: value as CallStyle }),
  },
  pools: { values: Object.keys(pools), set: (value) => ({ pools: value as PoolStyle }) },
  "global-pools": {
    values: ["adaptive", "window"],
    set: (value) => ({ globalPools: value as "adaptive" | "window" }),
  },
  "batch-norm": { values: ["folded"], set: () => ({ batchNorm: "folded" }) },
  batch: { set: (value) => ({ batch: Number(value) }) },
};

function refuse(text: string, what: string, allowed: readonly string[], given: string): never {
  throw new UserError("E_USAGE", `--trait ${text}: ${what}`, {
    allowed: allowed.join(", "),
    next: didYouMean(given, allowed) ?? "such as --trait attention=fused",
  });
}

/** Reads `--trait NAME=VALUE`; undefined without any. */
export function traitsOf(texts: readonly string[] | undefined): SourceTraits | undefined {
  if (texts === undefined) return undefined;
  const seen = new Set<string>();
  let found: SourceTraits = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    const name = at < 0 ? text : text.slice(0, at);
    const value = at < 0 ? "" : text.slice(at + 1);
    const trait = Object.hasOwn(traits, name) ? traits[name] : undefined;
    if (!trait)
      return refuse(text, `there is no trait ${JSON.stringify(name)}`, Object.keys(traits), name);
    if (seen.has(name))
      return refuse(text, `${name} is given twice`, [`one --trait ${name}`], name);
    seen.add(name);
    const isKnown = trait.values?.includes(value) ?? /^[1-9][0-9]{0,8}$/.test(value);
    if (!isKnown) {
      return refuse(
        text,
        `${name} cannot be ${JSON.stringify(value)}`,
        trait.values ?? ["a whole number >= 1"],
        value,
      );
    }
    found = { ...found, ...trait.set(value) };
  }
  return found;
}
