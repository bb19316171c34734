/** Models of equal FLOPs that differ in what FLOPs do not see. */

import type { Facts } from "../facts.js";
import { areEqual, byMore, type CountName, isApart } from "../pair.js";
import { type MisnomerRule, perPair } from "../rule.js";
import { amount, factor } from "../words.js";
import { isDepthForWidth } from "./depth-width.js";
import { isReducedBaseline } from "./reduced-baseline.js";

/** Ratio in another indicator at which equal FLOPs are not equal. Ours. */
const UNEQUAL_RATIO = 2;

/** What FLOPs do not see, in words. */
const unseen: readonly (readonly [CountName, string])[] = [
  ["criticalPathKernels", "kernels in sequence"],
  ["activations", "activations"],
  ["productBytes", "bytes moved by products"],
];

function difference(a: Facts, b: Facts, count: CountName, words: string): string {
  const [more, less] = byMore(a, b, count);
  return `${more.name} has ${factor(more[count]! / less[count]!)} times the ${words} of ${less.name} (${amount(more[count]!)} and ${amount(less[count]!)})`;
}

export const equalFlops: MisnomerRule = {
  title: "equal FLOPs, unequal work",
  source: "The Efficiency Misnomer, FLOP-matched comparisons",
  find: perPair((a, b) => {
    // The narrower stories have rules of their own.
    if (!areEqual(a, b, "macs") || isDepthForWidth(a, b) || isReducedBaseline(a, b)) return;
    const found = unseen.filter(([count]) => isApart(a, b, count, UNEQUAL_RATIO));
    if (found.length === 0) return;
    return {
      evidence: [
        `equal in MACs (${amount(a.macs!)} and ${amount(b.macs!)})`,
        ...found.map(([count, words]) => difference(a, b, count, words)),
      ],
      advice: "a match in FLOPs is no match in time: report latency and memory beside it",
    };
  }),
};
