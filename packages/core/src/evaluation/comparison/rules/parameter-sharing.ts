/** Shared parameters: the parameter count falls, the work does not. */

import { areEqual, differenceIn, reuseFactor } from "../pair.js";
import { type MisnomerRule, perPair } from "../rule.js";
import { amount, ratio, times } from "../words.js";

/**
 * Difference in the reuse factor from which parameters tell two stories. Ours: a tied input and output embedding makes
 * 1.2 to 1.3 (BERT, GPT-2) and is no finding; twelve layers that share one make 7.7 (ALBERT).
 */
export const SHARING_FACTOR = 1.5;

export const parameterSharing: MisnomerRule = {
  title: "shared parameters",
  source: "The Efficiency Misnomer, parameter sharing (Universal Transformer, ALBERT)",
  find: perPair((a, b) => {
    // At equal parameter counts the comparison itself is the finding: equal-parameters.
    if (differenceIn(a, b, reuseFactor) < SHARING_FACTOR || areEqual(a, b, "parameters")) return;
    const [shared, plain] =
      reuseFactor(a)! > reuseFactor(b)! ? ([a, b] as const) : ([b, a] as const);
    const macs = a.macs && b.macs ? `, and ${ratio(shared.macs! / plain.macs!, "MACs")}` : "";
    return {
      subject: shared.name,
      evidence: [
        `${shared.name} uses each parameter ${times(reuseFactor(shared)!)} in one run (${amount(shared.parameterUses!)} uses of ${amount(shared.parameters!)}), ${plain.name} ${times(reuseFactor(plain)!)}`,
        `${shared.name} has ${ratio(shared.parameters! / plain.parameters!, "parameters")} than ${plain.name}${macs}`.replace(
          /(as many parameters) than/,
          "$1 as",
        ),
      ],
      advice:
        "the parameter count speaks for storage only: compare work by MACs, activations or measured time",
    };
  }),
};
