/** Normalisations and softmax. */

import { elementCount, type Shape } from "../../../tensor/index.js";
import {
  type BackwardRule,
  type Kept,
  keepsInput,
  keepsOutput,
  statistics,
} from "../backward-rule.js";
import { type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import type { ElementKind } from "../work.js";
import { perElement, same } from "./elementwise.js";

const affine = (groups: Kept): BackwardRule => ({ keeps: [{ input: 0 }, groups] });

/** Statistics are computed from the input: mean, variance, and the affine map. */
const normalise = (kind: ElementKind, ops: number, groups: (n: NodeView) => number): OpRule => ({
  infer: same,
  work: perElement(kind, ops),
  roles: { 1: "parameter", 2: "parameter" },
  backward: affine(statistics(groups)),
});

/** What is normalised together is one row. */
function rowsOf(n: NodeView): number {
  const x = n.shape(0);
  return elementCount(x.slice(0, n.axis(n.int("axis") ?? -1, x.length)));
}

/** Statistics over the axes from `axis` on; they are optional further outputs. */
const overLastAxes = (extra: number, ops: number): OpRule => ({
  infer: (n): readonly Info[] => {
    const x = n.shapeOfRank(0, 1);
    const axis = n.axis(n.int("axis") ?? -1, x.length);
    const kept: Shape = x.map((d, i) => (i < axis ? d : 1));
    const rest = Array.from({ length: extra }, () => tensorInfo("float32", kept));
    return [same(n), ...rest];
  },
  work: perElement("layerNorm", ops),
  roles: { 1: "parameter", 2: "parameter" },
  backward: affine(statistics(rowsOf)),
  workspace: (n) => 8 * rowsOf(n),
});

const batchNorm: OpRule = {
  infer: (n): readonly Info[] => {
    const x = n.shapeOfRank(0, 1);
    const { elementType } = n.tensor(n.has(3) ? 3 : 0);
    const each = tensorInfo(elementType, [x[1] ?? 1]);
    return [same(n), each, each, each, each];
  },
  // Scale and shift; where the statistics come from the batch, also mean and variance.
  work: (n) => perElement("batchNorm", n.int("training_mode") ? 7 : 2)(n),
  roles: { 1: "parameter", 2: "parameter", 3: "buffer", 4: "buffer" },
  backward: affine(statistics((n) => n.shape(0)[1] ?? 1)),
};

const softmax: OpRule = {
  infer: same,
  work: perElement("softmax", 5),
  inPlace: true,
  backward: keepsOutput,
};

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
  InstanceNormalization: normalise("groupNorm", 8, (n) => n.shape(0)[0]! * (n.shape(0)[1] ?? 1)),
  GroupNormalization: normalise("groupNorm", 8, (n) => n.shape(0)[0]! * (n.int("num_groups") ?? 1)),
  LayerNormalization: overLastAxes(2, 8),
  RMSNormalization: overLastAxes(0, 4),
  LpNormalization: { infer: same, work: perElement("elementwise", 3), backward: keepsInput },
  MeanVarianceNormalization: {
    infer: same,
    work: perElement("groupNorm", 5),
    backward: keepsInput,
  },
  LRN: lrn,
  Softmax: softmax,
  LogSoftmax: softmax,
  Hardmax: softmax,
} satisfies RuleTable;
