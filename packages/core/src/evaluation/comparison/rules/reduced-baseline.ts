/** A baseline that was shrunk until its compute matched: it is starved of capacity. */

import type { Facts } from "../facts.js";
import { areEqual, areOneFamily, byMore, isApart, reuseFactor, storedPerActive } from "../pair.js";
import { type MisnomerRule, perPair } from "../rule.js";
import { amount, factor } from "../words.js";

/**
 * Ratios of parameters and of layers at equal MACs. Ours; the case that the paper names (a BERT of 20 M parameters and 6
 * layers against up to 425 M and 40) has 21 and 6.7.
 */
const SHRUNK_PARAMETERS = 4;
const SHRUNK_LAYERS = 2;

const isDeclared = (a: Facts, b: Facts): boolean => a.model.declared?.resizedToMatch === b.name;

/** One family, equal MACs, and far fewer parameters and layers; sharing and experts are other stories. */
function isVisible(a: Facts, b: Facts): boolean {
  const [more] = byMore(a, b, "parameters");
  return (
    areEqual(a, b, "macs") &&
    areOneFamily(a, b) &&
    isApart(a, b, "parameters", SHRUNK_PARAMETERS) &&
    isApart(a, b, "criticalPathKernels", SHRUNK_LAYERS) &&
    byMore(a, b, "criticalPathKernels")[0] === more &&
    [a, b].every(
      (m) => (reuseFactor(m) ?? 1) < SHRUNK_LAYERS && (storedPerActive(m) ?? 1) < SHRUNK_LAYERS,
    )
  );
}

export const isReducedBaseline = (a: Facts, b: Facts): boolean =>
  isDeclared(a, b) || isDeclared(b, a) || isVisible(a, b);

function sizes({ name, parameters, criticalPathKernels }: Facts): string {
  const layers =
    criticalPathKernels === undefined ? "" : `, ${criticalPathKernels} kernels in sequence`;
  return `${name} ${parameters === undefined ? "of unknown size" : `${amount(parameters)} parameters`}${layers}`;
}

export const reducedBaseline: MisnomerRule = {
  title: "baseline resized to match compute",
  source: "The Efficiency Misnomer, compute-matched comparisons (Perceiver IO and its BERT)",
  find: perPair((a, b) => {
    if (!isReducedBaseline(a, b)) return;
    const declared = [a, b].find((m) => m.model.declared?.resizedToMatch !== undefined);
    const [more, fewer] = byMore(a, b, "parameters");
    const times =
      more.parameters && fewer.parameters
        ? ` (${factor(more.parameters / fewer.parameters)} times)`
        : "";
    return {
      subject: (declared ?? fewer).name,
      evidence: [
        declared
          ? `${declared.name} is declared as resized to match ${declared.model.declared!.resizedToMatch}`
          : `one family, equal in MACs (${amount(a.macs!)} and ${amount(b.macs!)})`,
        `${sizes(more)}; ${sizes(fewer)}${times}`,
      ],
      advice:
        "also show the baseline at its own size: shrinking it until the compute matches takes its capacity away",
    };
  }),
};
