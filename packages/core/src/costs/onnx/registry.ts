/** Every operator that has a rule. */

import type { OpRule } from "./rule.js";
import { attentions, previewRules } from "./rules/attention.js";
import { classicRules } from "./rules/classic.js";
import { constants } from "./rules/constants.js";
import { convolution } from "./rules/convolution.js";
import { elementwise } from "./rules/elementwise.js";
import { indexing } from "./rules/indexing.js";
import { microsoftRules } from "./rules/microsoft.js";
import { movement } from "./rules/movement.js";
import { normalisation } from "./rules/normalise.js";
import { pooling } from "./rules/pooling.js";
import { products } from "./rules/products.js";
import { quantisation } from "./rules/quantise.js";
import { recurrentCells } from "./rules/recurrent.js";
import { reductions } from "./rules/reduce.js";
import { sequences } from "./rules/sequences.js";
import { signals } from "./rules/signal.js";
import { trainingRules } from "./rules/training.js";
import { vision } from "./rules/vision.js";
import { controlOps, type StandardOp } from "./standard-ops.js";

/** A standard operator without a rule is a compile error. */
const standard: Readonly<Record<StandardOp, OpRule>> = {
  ...attentions,
  ...constants,
  ...convolution,
  ...elementwise,
  ...indexing,
  ...movement,
  ...normalisation,
  ...pooling,
  ...products,
  ...quantisation,
  ...recurrentCells,
  ...reductions,
  ...sequences,
  ...signals,
  ...vision,
};

/** Rules by operator set; the ONNX Runtime domain repeats standard operators under its own name. */
const domains: ReadonlyMap<string, ReadonlyMap<string, OpRule>> = new Map(
  Object.entries({
    "": standard,
    "ai.onnx.ml": classicRules,
    "ai.onnx.preview": previewRules,
    "ai.onnx.preview.training": trainingRules,
    "com.microsoft": { ...standard, ...microsoftRules },
  }).map(([domain, table]) => [domain, new Map(Object.entries(table))]),
);

export const hasBodies = (domain: string, opType: string): boolean =>
  domain === "" && (controlOps as readonly string[]).includes(opType);

export const findRule = (domain: string, opType: string): OpRule | undefined =>
  domains.get(domain)?.get(opType);

/**
 * Names of the operators of a domain that can be counted, those with bodies included; "" is ONNX's own domain.
 *
 * @example
 * operatorsOf("").includes("Conv") // true
 */
export const operatorsOf = (domain: string): readonly string[] => [
  ...(domains.get(domain)?.keys() ?? []),
  ...(domain === "" ? controlOps : []),
];
