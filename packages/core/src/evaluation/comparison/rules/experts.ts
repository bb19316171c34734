/** Experts and tables: most parameters are idle in any one run. */

import { areEqual, differenceIn, storedPerActive } from "../pair.js";
import { type MisnomerRule, perPair } from "../rule.js";
import { amount, factor, percent } from "../words.js";

/** Difference in stored per active parameters from which the total misleads. Ours: BERT's word table makes 1.27. */
const IDLE_FACTOR = 1.5;

export const experts: MisnomerRule = {
  title: "parameters that are not active (experts, tables)",
  source: "The Efficiency Misnomer, sparsity and mixtures of experts (Switch Transformer)",
  find: perPair((a, b) => {
    // At equal parameter counts the comparison itself is the finding: equal-parameters.
    if (differenceIn(a, b, storedPerActive) < IDLE_FACTOR || areEqual(a, b, "parameters")) return;
    const [idle, dense] =
      storedPerActive(a)! > storedPerActive(b)! ? ([a, b] as const) : ([b, a] as const);
    const share = (m: typeof a) => percent(m.activeParameters! / m.parameters!);
    return {
      subject: idle.name,
      evidence: [
        `one run of ${idle.name} touches ${amount(idle.activeParameters!)} of its ${amount(idle.parameters!)} parameters (${share(idle)}); of ${dense.name} ${share(dense)}`,
        `by parameters ${idle.name} is ${factor(idle.parameters! / dense.parameters!)} times ${dense.name}, by active parameters ${factor(idle.activeParameters! / dense.activeParameters!)} times`,
      ],
      advice:
        "give total and active parameters; total ones speak for memory, active ones for work; at larger batches more experts are touched",
    };
  }),
};
