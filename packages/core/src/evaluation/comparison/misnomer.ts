/** The warnings of "The Efficiency Misnomer" as rules, and the search for all of them. */

import { factsOf } from "./facts.js";
import type { ComparedModel } from "./model.js";
import type { Finding, MisnomerOptions, MisnomerRule } from "./rule.js";
import { coverage } from "./rules/coverage.js";
import { depthWidth } from "./rules/depth-width.js";
import { equalFlops } from "./rules/equal-flops.js";
import { equalParameters } from "./rules/equal-parameters.js";
import { experts } from "./rules/experts.js";
import { memoryBound } from "./rules/memory-bound.js";
import { parameterSharing } from "./rules/parameter-sharing.js";
import { platform } from "./rules/platform.js";
import { reducedBaseline } from "./rules/reduced-baseline.js";
import { resolution } from "./rules/resolution.js";
import { sparsity } from "./rules/sparsity.js";

export type { MisnomerOptions } from "./rule.js";

export type MisnomerName =
  | "parameter-sharing"
  | "sparsity"
  | "experts"
  | "depth-width"
  | "resolution"
  | "platform"
  | "memory-bound"
  | "reduced-baseline"
  | "equal-parameters"
  | "equal-flops"
  | "coverage";

/** Plain JSON. */
export interface MisnomerWarning extends Finding {
  readonly rule: MisnomerName;
}

/**
 * The rules by name. Each looks for one mechanism; where two could tell the same story, the more special one does.
 *
 * @example
 * misnomerRules["depth-width"].title // "depth against width"
 */
export const misnomerRules: Readonly<Record<MisnomerName, MisnomerRule>> = {
  "parameter-sharing": parameterSharing,
  sparsity,
  experts,
  "depth-width": depthWidth,
  resolution,
  platform,
  "memory-bound": memoryBound,
  "reduced-baseline": reducedBaseline,
  "equal-parameters": equalParameters,
  "equal-flops": equalFlops,
  coverage,
};

export const misnomerNames = Object.keys(misnomerRules) as readonly MisnomerName[];

/**
 * All warnings about a set of models, rule by rule.
 *
 * @example
 * const plain = { name: "plain", counts: { parameters: 30_300, parameterUses: 30_300, macs: 30_000 } };
 * const shared = { name: "shared", counts: { parameters: 10_100, parameterUses: 30_300, macs: 30_000 } };
 * findMisnomers([plain, shared]).map((w) => w.rule) // ["parameter-sharing"]
 */
export function findMisnomers(
  models: readonly ComparedModel[],
  options: MisnomerOptions = {},
): readonly MisnomerWarning[] {
  const facts = models.map(factsOf);
  return misnomerNames.flatMap((rule) =>
    misnomerRules[rule].find(facts, options).map((finding) => ({ rule, ...finding })),
  );
}
