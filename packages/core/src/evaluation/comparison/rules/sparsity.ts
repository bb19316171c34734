/** Zeros in the weights: what they save depends on the backend. */

import type { Facts } from "../facts.js";
import { type MisnomerRule, perPair } from "../rule.js";
import { amount, percent } from "../words.js";

/** Difference in the share of zeros from which dense counts and sparse ones tell two stories. Ours. */
const ZERO_SHARE = 0.2;

function zeroShare({ parameters, zeroParameters }: Facts): number | undefined {
  return parameters && zeroParameters !== undefined ? zeroParameters / parameters : undefined;
}

export const sparsity: MisnomerRule = {
  title: "sparse weights",
  source: "The Efficiency Misnomer, sparsity",
  find: perPair((a, b) => {
    const [x, y] = [zeroShare(a), zeroShare(b)];
    if (x === undefined || y === undefined || Math.abs(x - y) < ZERO_SHARE) return;
    const [sparse, dense] = x > y ? ([a, b] as const) : ([b, a] as const);
    const skips = sparse.model.declared?.skipsZeros === true;
    return {
      subject: sparse.name,
      evidence: [
        `${percent(Math.max(x, y))} of the ${amount(sparse.parameters!)} parameters of ${sparse.name} are 0, ${percent(Math.min(x, y))} of ${dense.name}'s`,
        skips
          ? "the backend is declared to skip zeros: the counted MACs are an upper bound"
          : "no backend that skips zeros is declared: every counted MAC is executed",
      ],
      advice: skips
        ? "give dense and executed MACs, and the time on that backend"
        : "do not divide the MACs by the sparsity: measure on a backend that skips, or report the dense count",
    };
  }),
};
