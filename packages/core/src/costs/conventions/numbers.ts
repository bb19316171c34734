/** Two published numbers for one model: which counters print them, and why they differ. */

import type { Profile } from "../onnx/index.js";
import { type ConventionReading, type Explanation, explainReadings } from "./explain.js";
import { noTraits } from "./items.js";
import { type Agreement, agreement, type PrintedNumber, readPrinted } from "./printed-number.js";
import { type ConventionName, conventionNames, conventions } from "./registry.js";
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
  /** The one with the fewest steps between the best matches; absent where one number has none. */
  readonly explanation?: Explanation;
}

const rank: Readonly<Record<Agreement, number>> = { exact: 0, rounded: 1, "cut off": 2 };

const styles = Object.keys(attentionSentences) as readonly AttentionStyle[];

/** Ways of writing attention that would change some counter's number. */
function variantsOf(profile: Profile, traits: SourceTraits): readonly SourceTraits[] {
  const isOpen = profile.macsByKind.matmul > 0 && traits.attention === undefined;
  return isOpen ? styles.map((attention) => ({ ...traits, attention })) : [traits];
}

/** What a convention prints, and every way of writing the network for which it does. */
interface Candidate {
  readonly convention: ConventionName;
  readonly total: number;
  readonly ways: SourceTraits[];
}

/** In the order of the registry: plain counts first. */
function candidatesOf(profile: Profile, traits: SourceTraits): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  const add = (convention: ConventionName, way: SourceTraits) => {
    const total = conventions[convention].total(profile, way);
    const key = `${convention}|${total}`;
    const candidate = found.get(key);
    if (candidate) candidate.ways.push(way);
    else found.set(key, { convention, total, ways: [way] });
  };
  const variants = variantsOf(profile, traits);
  for (const convention of conventionNames) for (const way of variants) add(convention, way);
  if (profile.elements.batchNorm > 0 && traits.batchNorm === undefined) {
    // Only this one counts the nodes of the file.
    add("onnx-tool", { ...variants[0], batchNorm: "folded" });
  }
  return [...found.values()];
}

interface Agreeing {
  readonly candidate: Candidate;
  readonly agreement: Agreement;
}

const readingOf = ({ convention, total, ways }: Candidate) => ({
  convention,
  total,
  traits: ways[0]!,
});

/** Within the digits that are given distance says nothing: agreement first, then the order of the registry. */
function agreeing(candidates: readonly Candidate[], number: PrintedNumber): readonly Agreeing[] {
  return candidates
    .flatMap((candidate): Agreeing[] => {
      const found = agreement(candidate.total, number);
      return found ? [{ candidate, agreement: found }] : [];
    })
    .sort((x, y) => rank[x.agreement] - rank[y.agreement]);
}

function describeNumber(
  number: PrintedNumber,
  candidates: readonly Candidate[],
  found: readonly Agreeing[],
): NumberReading {
  const distance = (c: Candidate) => Math.abs(c.total - number.value);
  const nearest = candidates.reduce((best, c) => (distance(c) < distance(best) ? c : best));
  return {
    ...number,
    matches: found.map((f) => ({ ...readingOf(f.candidate), agreement: f.agreement })),
    nearest: readingOf(nearest),
  };
}

/** More pairs than this are not tried. */
const MOST_TRIED = 12;

/** The fewest steps; a network that must have been written in two ways counts as one more. */
function simplest(
  profile: Profile,
  a: readonly Agreeing[],
  b: readonly Agreeing[],
): Explanation | undefined {
  const best = (list: readonly Agreeing[]) =>
    list.filter((m) => m.agreement === list[0]?.agreement).slice(0, MOST_TRIED);
  let found: { readonly explanation: Explanation; readonly effort: number } | undefined;
  for (const { candidate: x } of best(a)) {
    for (const { candidate: y } of best(b)) {
      const shared = x.ways.find((way) => y.ways.includes(way));
      const explanation = explainReadings(
        profile,
        { convention: x.convention, traits: shared ?? x.ways[0]! },
        { convention: y.convention, traits: shared ?? y.ways[0]! },
      );
      const effort = explanation.steps.length + (shared ? 0 : 1);
      if (!found || effort < found.effort) found = { explanation, effort };
    }
  }
  return found?.explanation;
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
 * found.explanation?.difference // 7840
 */
export function explainNumbers(
  profile: Profile,
  a: number | string,
  b: number | string,
  traits: SourceTraits = noTraits,
): ExplainedNumbers {
  const [first, second] = [readPrinted(a), readPrinted(b)];
  const candidates = candidatesOf(profile, traits);
  const [forA, forB] = [agreeing(candidates, first), agreeing(candidates, second)];
  const explanation = simplest(profile, forA, forB);
  return {
    a: describeNumber(first, candidates, forA),
    b: describeNumber(second, candidates, forB),
    ...(explanation ? { explanation } : {}),
  };
}
