/** Two published numbers for one model: which counters print them, and why they differ. */

import type { Profile } from "../onnx/index.js";
import { type ConventionReading, type Explanation, explainReadings } from "./explain.js";
import { noTraits } from "./items.js";
import { type Agreement, agreement, type PrintedNumber, readPrinted } from "./printed-number.js";
import { conventionNames, conventions } from "./registry.js";
import { type AttentionStyle, attentionSentences, type SourceTraits } from "./traits.js";

/** A convention that prints the number. */
export interface ConventionMatch extends ConventionReading {
  readonly total: number;
  readonly agreement: Agreement;
}

export interface NumberReading extends PrintedNumber {
  /** Best first; empty where nothing prints it. */
  readonly matches: readonly ConventionMatch[];
  /** The convention whose number is closest, whether or not it matches. */
  readonly nearest: ConventionReading & { readonly total: number };
}

export interface ExplainedNumbers {
  readonly a: NumberReading;
  readonly b: NumberReading;
  /** Between the best match of each; absent where one has none. */
  readonly explanation?: Explanation;
}

const rank: Readonly<Record<Agreement, number>> = { exact: 0, rounded: 1, "cut off": 2 };

const styles = Object.keys(attentionSentences) as readonly AttentionStyle[];

/** Ways of writing the network that would change some counter's number. */
function variantsOf(profile: Profile, traits: SourceTraits): readonly SourceTraits[] {
  const hasAttention = profile.macsByKind.matmul > 0 && traits.attention === undefined;
  const written = hasAttention ? styles.map((attention) => ({ ...traits, attention })) : [traits];
  const canFold = profile.elements.batchNorm > 0 && traits.batchNorm === undefined;
  return canFold
    ? [...written, ...written.map((t) => ({ ...t, batchNorm: "folded" as const }))]
    : written;
}

function readingsOf(
  profile: Profile,
  traits: SourceTraits,
): readonly (ConventionReading & { total: number })[] {
  const found = new Map<string, ConventionReading & { total: number }>();
  for (const variant of variantsOf(profile, traits)) {
    for (const convention of conventionNames) {
      const total = conventions[convention].total(profile, variant);
      const key = `${convention}|${total}`;
      if (!found.has(key)) found.set(key, { convention, traits: variant, total });
    }
  }
  return [...found.values()];
}

function readNumber(
  printed: number | string,
  readings: readonly (ConventionReading & { readonly total: number })[],
): NumberReading {
  const number = readPrinted(printed);
  const distance = (r: { readonly total: number }) => Math.abs(r.total - number.value);
  const matches = readings
    .flatMap((r): ConventionMatch[] => {
      const found = agreement(r.total, number);
      return found ? [{ ...r, agreement: found }] : [];
    })
    .sort((x, y) => rank[x.agreement] - rank[y.agreement] || distance(x) - distance(y));
  const nearest = readings.reduce((best, r) => (distance(r) < distance(best) ? r : best));
  return { ...number, matches, nearest };
}

/** The best pair; among equals one network written in one way rather than two. */
function bestPair(
  a: readonly ConventionMatch[],
  b: readonly ConventionMatch[],
): readonly [ConventionMatch, ConventionMatch] | undefined {
  const best = (list: readonly ConventionMatch[]) =>
    list.filter((m) => rank[m.agreement] === rank[list[0]!.agreement]);
  if (a.length === 0 || b.length === 0) return undefined;
  const pairs = best(a).flatMap((x) => best(b).map((y) => [x, y] as const));
  return pairs.find(([x, y]) => x.traits === y.traits) ?? pairs[0];
}

/**
 * Says which counters print each of two published numbers for a model, and explains the difference.
 *
 * Numbers are given as printed: "4.11 G" is met by whatever rounds to it, or is cut off to it; a number with all its
 * digits only by itself. Where the file does not show how attention was written, or whether batch norms were folded, every
 * way is tried.
 *
 * @throws UserError for a text that is no number.
 * @example
 * const dense = profile(buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) }));
 * const found = explainNumbers(dense, 7840, "15.7 K");
 * [found.a.matches[0].convention, found.b.matches[0].convention] // ["macs", "torch"]
 * found.explanation.difference // 7840
 */
export function explainNumbers(
  profile: Profile,
  a: number | string,
  b: number | string,
  traits: SourceTraits = noTraits,
): ExplainedNumbers {
  const readings = readingsOf(profile, traits);
  const [first, second] = [readNumber(a, readings), readNumber(b, readings)];
  const pair = bestPair(first.matches, second.matches);
  return {
    a: first,
    b: second,
    ...(pair ? { explanation: explainReadings(profile, pair[0], pair[1]) } : {}),
  };
}
