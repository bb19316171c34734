/** Normalisations and softmax. */

import { elementCount, type Shape } from "../../../tensor/index.js";
import { type Info, tensorInfo } from "../info.js";
import type { OpRule, RuleTable } from "../rule.js";
import type { ElementKind } from "../work.js";
import { perElement, same } from "./elementwise.js";

/** Statistics are computed from the input: mean, variance, and the affine map. */
const normalise = (kind: ElementKind, ops: number): OpRule => ({
  infer: same,
  work: perElement(kind, ops),
  roles: { 1: "parameter", 2: "parameter" },
});

/** Statistics over the axes from `axis` on; they are optional further outputs. */
const overLastAxes = (statistics: number, ops: number): OpRule => ({
  infer: (n): readonly Info[] => {
    const x = n.shapeOfRank(0, 1);
    const axis = n.axis(n.int("axis") ?? -1, x.length);
    const kept: Shape = x.map((d, i) => (i < axis ? d : 1));
    const rest = Array.from({ length: statistics }, () => tensorInfo("float32", kept));
    return [same(n), ...rest];
  },
  work: perElement("layerNorm", ops),
  roles: { 1: "parameter", 2: "parameter" },
});

const batchNorm: OpRule = {
  infer: (n): readonly Info[] => {
    const x = n.shapeOfRank(0, 1);
    const { elementType } = n.tensor(n.has(3) ? 3 : 0);
    const statistics = tensorInfo(elementType, [x[1] ?? 1]);
    return [same(n), statistics, statistics, statistics, statistics];
  },
  // Scale and shift; where the statistics come from the batch, also mean and variance.
  work: (n) => perElement("batchNorm", n.int("training_mode") ? 7 : 2)(n),
  roles: { 1: "parameter", 2: "parameter", 3: "buffer", 4: "buffer" },
};

const softmax: OpRule = { infer: same, work: perElement("softmax", 5), inPlace: true };

/** Squares summed over neighbouring channels: a window along the channel axis. */
const lrn: OpRule = {
  infer: same,
  work: (n) => {
    const count = elementCount(n.out());
    return { elements: { elementwise: count }, otherOps: count * ((n.int("size") ?? 1) + 4) };
  },
};

export const normalisation = {
  BatchNormalization: batchNorm,
  InstanceNormalization: normalise("groupNorm", 8),
  GroupNormalization: normalise("groupNorm", 8),
  LayerNormalization: overLastAxes(2, 8),
  RMSNormalization: overLastAxes(0, 4),
  LpNormalization: { infer: same, work: perElement("elementwise", 3) },
  MeanVarianceNormalization: { infer: same, work: perElement("groupNorm", 5) },
  LRN: lrn,
  Softmax: softmax,
  LogSoftmax: softmax,
  Hardmax: softmax,
} satisfies RuleTable;
