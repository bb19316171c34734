/** Operators of the preview training domain: optimiser steps. */

import { elementCount } from "../../../tensor/index.js";
import type { Info } from "../info.js";
import type { OpRule, RuleTable } from "../rule.js";

/** Inputs: rate, step, then parameters, gradients and slots, group by group; outputs: all but rate, step and gradients. */
const optimizer = (slots: number, opsPerElement: number): OpRule => ({
  infer: (n): readonly Info[] => {
    const count = (n.inputs.length - 2) / (2 + slots);
    const info = (i: number) => n.value(i).info;
    const group = (k: number) => Array.from({ length: count }, (_, i) => info(2 + k * count + i));
    return [group(0), ...Array.from({ length: slots }, (_, k) => group(2 + k))].flat();
  },
  work: (n) => {
    const count = (n.inputs.length - 2) / (2 + slots);
    let size = 0;
    for (let i = 0; i < count; i++) size += elementCount(n.shape(2 + i));
    return { elements: { elementwise: size }, otherOps: opsPerElement * size };
  },
});

export const trainingRules = {
  Adagrad: optimizer(1, 7),
  Adam: optimizer(2, 12),
  Momentum: optimizer(1, 5),
  Gradient: {
    infer: (n) => n.unknown("the backward pass is not written out"),
  },
} satisfies RuleTable;
