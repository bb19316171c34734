/** Input size, patch size or sequence length: the work moves, the parameters stay. */

import type { Facts } from "../facts.js";
import { areEqual, areOneFamily, byMore, isApart } from "../pair.js";
import { type MisnomerRule, perPair } from "../rule.js";
import { amount, factor, percent } from "../words.js";

/** Ratio of the MACs. Ours: patches of 14 instead of 16 make 1.32. */
const RESOLUTION_RATIO = 1.2;

function elasticity(large: Facts, small: Facts): string {
  const [x, y] = [large.inputBytes ?? 0, small.inputBytes ?? 0];
  if (x === y || x === 0 || y === 0) {
    return "the inputs are equally large: patches or strides differ";
  }
  const exponent = Math.log(large.macs! / small.macs!) / Math.log(x / y);
  return `inputs ${large.inputs} and ${small.inputs}: MACs grow with the input to the power ${factor(exponent)}`;
}

export const resolution: MisnomerRule = {
  title: "input size at equal parameters",
  source: "The Efficiency Misnomer, resolution, patch size and sequence length",
  find: perPair((a, b) => {
    const isOneNetwork =
      areOneFamily(a, b) && areEqual(a, b, "parameters") && areEqual(a, b, "kernels");
    if (!isOneNetwork || !isApart(a, b, "macs", RESOLUTION_RATIO)) return;
    const [large, small] = byMore(a, b, "macs");
    const apart = large.parameters! / small.parameters! - 1;
    return {
      subject: large.name,
      evidence: [
        `parameters differ by ${percent(Math.abs(apart))}, MACs by a factor of ${factor(large.macs! / small.macs!)} (${amount(large.macs!)} and ${amount(small.macs!)})`,
        elasticity(large, small),
      ],
      advice:
        "one network at two input sizes: the parameter count says nothing here; name the input size beside every number",
    };
  }),
};
