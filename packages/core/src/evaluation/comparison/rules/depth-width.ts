/** Depth against width: as many operations, but fewer of them at the same time. */

import type { Facts } from "../facts.js";
import { areEqual, areOneFamily, byMore, isApart } from "../pair.js";
import { type MisnomerRule, perPair } from "../rule.js";
import { amount, factor } from "../words.js";

/** Ratio of the kernels that wait for each other. Ours: the studied pairs have 4 and more. */
const DEPTH_RATIO = 2;

/** One network made deeper and narrower: equal parameters and MACs in one family, another critical path. */
export const isDepthForWidth = (a: Facts, b: Facts): boolean =>
  areEqual(a, b, "macs") &&
  areEqual(a, b, "parameters") &&
  areOneFamily(a, b) &&
  isApart(a, b, "criticalPathKernels", DEPTH_RATIO);

export const depthWidth: MisnomerRule = {
  title: "depth against width",
  source: "The Efficiency Misnomer, degree of parallelism (ViT depth and width)",
  find: perPair((a, b) => {
    if (!isDepthForWidth(a, b)) return;
    const [deep, wide] = byMore(a, b, "criticalPathKernels");
    const each = (m: Facts) => amount(m.macs! / m.criticalPathKernels!);
    return {
      subject: deep.name,
      evidence: [
        `equal in MACs (${amount(deep.macs!)} and ${amount(wide.macs!)}) and in parameters (${amount(deep.parameters!)} and ${amount(wide.parameters!)})`,
        `${deep.name} runs ${deep.criticalPathKernels} kernels one after the other, ${wide.name} ${wide.criticalPathKernels} (${factor(deep.criticalPathKernels! / wide.criticalPathKernels!)} times): ${each(deep)} MACs to share out at a time against ${each(wide)}`,
      ],
      advice:
        "counts cannot see parallelism: compare measured time, at batch 1 and at the batch size of use",
    };
  }),
};
