/** Models of equal parameter count that do not use their parameters alike. */

import { areEqual, differenceIn, reuseFactor, storedPerActive } from "../pair.js";
import { type MisnomerRule, perPair } from "../rule.js";
import { amount, times } from "../words.js";
import { SHARING_FACTOR } from "./parameter-sharing.js";

/**
 * Difference in stored per active parameters at which equal totals are not equal. Ours: a word table that a byte-level
 * model lacks makes 1.27 in BERT-base.
 */
const TABLE_FACTOR = 1.2;

export const equalParameters: MisnomerRule = {
  title: "equal parameters, unequal use of them",
  source:
    "The Efficiency Misnomer, parameter-matched comparisons of sparse models, and of models that trade tokens for length",
  find: perPair((a, b) => {
    if (!areEqual(a, b, "parameters")) return;
    const shares = differenceIn(a, b, reuseFactor) >= SHARING_FACTOR;
    const idles = differenceIn(a, b, storedPerActive) >= TABLE_FACTOR;
    if (!shares && !idles) return;
    const words = (m: typeof a) =>
      shares
        ? `${m.name} uses each ${times(reuseFactor(m)!)} in one run`
        : `one run of ${m.name} touches ${amount(m.activeParameters!)}`;
    const of = shares ? reuseFactor : storedPerActive;
    return {
      subject: (of(a)! > of(b)! ? a : b).name,
      evidence: [
        `equal in parameters (${amount(a.parameters!)} and ${amount(b.parameters!)})`,
        `${words(a)}, ${words(b)}`,
        ...(a.macs && b.macs ? [`MACs ${amount(a.macs)} and ${amount(b.macs)}`] : []),
      ],
      advice: shares
        ? "a match in parameters is no match where one model shares them: match the work instead"
        : "a match in parameters is no match where some are experts or rows of a table: compare active parameters, MACs and time",
    };
  }),
};
