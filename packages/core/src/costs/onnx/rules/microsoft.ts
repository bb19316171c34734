/** Fused and quantised operators that ONNX Runtime's own optimiser writes (domain com.microsoft). */

import { elementCount } from "../../../tensor/index.js";
import { keepsInput } from "../backward-rule.js";
import { broadcastKnown, type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import { convolution } from "./convolution.js";
import { perElement, same } from "./elementwise.js";
import { normalisation } from "./normalise.js";
import { products } from "./products.js";

const activation: OpRule = {
  infer: same,
  work: perElement("activation"),
  inPlace: true,
  backward: keepsInput,
};

const biasActivation: OpRule = {
  infer: same,
  work: (n) => {
    const count = elementCount(n.out());
    const biasAdds = n.has(1) ? count : 0;
    return { elements: { activation: count, biasAdds }, otherOps: count + biasAdds };
  },
  roles: { 1: "parameter" },
};

/** With the activation that was fused in. */
const withActivation = (rule: OpRule): OpRule => ({
  ...rule,
  work: (n) => {
    const work = rule.work?.(n) ?? {};
    if (!n.string("activation")) return work;
    const count = elementCount(n.out());
    return {
      ...work,
      elements: { ...work.elements, activation: count },
      otherOps: (work.otherOps ?? 0) + count,
    };
  },
});

/** A residual sum and the normalisation after it; the sum is the last output. */
const skipNorm = (simplified: boolean): OpRule => ({
  infer: (n): readonly Info[] => {
    const y = same(n);
    const statistic = tensorInfo("float32", [...n.shape(0).slice(0, -1), 1]);
    return [y, statistic, statistic, y];
  },
  work: (n) => {
    const count = elementCount(n.out());
    const biasAdds = n.has(simplified ? 3 : 4) ? count : 0;
    const norm = simplified ? 4 : 8;
    return {
      elements: { layerNorm: count, add: count, biasAdds },
      otherOps: norm * count + count + biasAdds,
    };
  },
  roles: { 2: "parameter", 3: "parameter", 4: "parameter" },
});

/** Attention over packed, already projected queries, keys and values [batch, length, width]. */
const multiHead: OpRule = {
  infer: (n): readonly Info[] => {
    const q = n.shapeOfRank(0, 3, 3);
    const width = n.has(2) ? n.shape(2).at(-1)! : q[2]!;
    return [tensorInfo(n.tensor(0).elementType, [q[0]!, q[1]!, width])];
  },
  work: (n) => {
    const q = n.shape(0);
    const keys = n.has(1) ? n.shapeOfRank(1, 3, 4) : q;
    const heads = n.int("num_heads") ?? n.refuse("num_heads is missing");
    const length = keys.length === 4 ? keys[2]! : keys[1]!;
    const scores = q[0]! * heads * q[1]! * length;
    const macs = q[0]! * q[1]! * length * (q[2]! + n.out().at(-1)!);
    const elements = { softmax: scores, mul: scores };
    return { macs, macKind: "matmul", elements, otherOps: 6 * scores };
  },
};

/** Projection of queries, keys and values in one product, then attention. */
const attention: OpRule = {
  infer: (n): readonly Info[] => {
    const x = n.shapeOfRank(0, 3, 3);
    const w = n.shapeOfRank(1, 2, 2);
    const sizes = n.list("qkv_hidden_sizes");
    return [tensorInfo(n.tensor(0).elementType, [x[0]!, x[1]!, sizes?.[2] ?? w[1]! / 3])];
  },
  work: (n) => {
    const [batch, length, width] = n.shape(0) as [number, number, number];
    const w = n.shape(1);
    const heads = n.int("num_heads") ?? n.refuse("num_heads is missing");
    const projected = batch * length * w[1]!;
    const value = n.out().at(-1)!;
    const query = (w[1]! - value) / 2;
    const scores = batch * heads * length * length;
    const biasAdds = n.has(2) ? projected : 0;
    return {
      macs: projected * width + batch * length * length * (query + value),
      macKind: "linear",
      elements: { biasAdds, softmax: scores, mul: scores },
      otherOps: biasAdds + 6 * scores,
    };
  },
  roles: { 1: "parameter", 2: "parameter" },
};

/** Elementwise on quantised operands: a, its scale and zero point, b, its scale and zero point. */
const quantizedBinary = (kind: "add" | "mul"): OpRule => ({
  infer: (n) => {
    const shape = broadcastKnown(n.shape(0), n.shape(3)) ?? n.refuse("the shapes do not broadcast");
    return tensorInfo(n.tensor(0).elementType, shape);
  },
  work: perElement(kind),
});

const quantizedGlobalPool: OpRule = {
  infer: (n) => {
    const x = n.shapeOfRank(0, 3);
    const last = n.int("channels_last") === 1;
    const channel = last ? x.length - 1 : 1;
    return tensorInfo(
      n.tensor(0).elementType,
      x.map((d, i) => (i === 0 || i === channel ? d : 1)),
    );
  },
  work: (n) => {
    const [inputs, outputs] = [elementCount(n.shape(0)), elementCount(n.out())];
    return { elements: { avgPoolIn: inputs, avgPoolOut: outputs }, otherOps: inputs };
  },
};

/** Weights of few bits in blocks; K and N are attributes. */
const packedProduct: OpRule = {
  infer: (n) => {
    const x = n.shapeOfRank(0, 1);
    const columns = n.int("N") ?? n.refuse("N is missing");
    return tensorInfo(n.tensor(0).elementType, [...x.slice(0, -1), columns]);
  },
  work: (n) => ({ macs: elementCount(n.out()) * n.shape(0).at(-1)!, macKind: "linear" }),
  roles: { 1: "parameter" },
};

/** Rows of the input, and how many experts work on each. */
function routing(n: NodeView): { readonly rows: number; readonly chosen: number } {
  const x = n.shapeOfRank(0, 2, 3);
  return { rows: elementCount(x.slice(0, -1)), chosen: n.int("k") ?? 1 };
}

/** Weights and biases of the experts lie along axis 0; which ones are used depends on data: at most all of them. */
const ofExperts = (index: number) => (n: NodeView) => {
  const shape = n.shapeOfRank(index, 2);
  const { rows, chosen } = routing(n);
  return elementCount(shape.slice(1)) * Math.min(shape[0]!, rows * chosen);
};

const expertInputs = [2, 3, 4, 5, 6, 7];

/** A mixture of experts: each row goes to the `k` experts with the largest probabilities. */
const mixture: OpRule = {
  infer: same,
  work: (n) => {
    const { rows, chosen } = routing(n);
    const perRow = (inputs: readonly number[]) =>
      inputs.reduce(
        (sum, i) => sum + (n.has(i) ? elementCount(n.shapeOfRank(i, 2).slice(1)) : 0),
        0,
      );
    const biasAdds = rows * chosen * perRow([3, 5, 7]);
    const inner = elementCount(n.shapeOfRank(4, 3, 3).slice(1)) / n.shape(0).at(-1)!;
    const activation = rows * chosen * inner;
    return {
      macs: rows * chosen * perRow([2, 4, 6]),
      macKind: "linear",
      elements: { biasAdds, activation },
      otherOps: biasAdds + activation,
    };
  },
  picks: Object.fromEntries(expertInputs.map((i) => [i, ofExperts(i)])),
  roles: Object.fromEntries(expertInputs.map((i) => [i, "parameter"])),
};

const inFloat = (rule: OpRule): OpRule => ({
  ...rule,
  infer: (n: NodeView): Info => {
    const result = rule.infer(n);
    const first = (Array.isArray(result) ? result[0] : result) as Info;
    return first.kind === "tensor" ? tensorInfo("float32", first.shape) : first;
  },
});

export const microsoftRules = {
  Gelu: activation,
  FastGelu: biasActivation,
  BiasGelu: biasActivation,
  QuickGelu: activation,
  QLinearSigmoid: activation,
  QLinearLeakyRelu: activation,
  FusedConv: withActivation(convolution.Conv),
  FusedGemm: withActivation(products.Gemm),
  FusedMatMul: {
    ...products.MatMul,
    infer: (n) =>
      n.int("transA") || n.int("transB") || n.int("transBatchA") || n.int("transBatchB")
        ? n.unknown("transposed operands of a fused product")
        : products.MatMul.infer(n),
  },
  MatMulNBits: packedProduct,
  MoE: mixture,
  DynamicQuantizeMatMul: inFloat(products.MatMul),
  MatMulIntegerToFloat: inFloat(products.MatMul),
  SkipLayerNormalization: skipNorm(false),
  SkipSimplifiedLayerNormalization: skipNorm(true),
  SimplifiedLayerNormalization: normalisation.RMSNormalization,
  LayerNormalization: normalisation.LayerNormalization,
  MultiHeadAttention: multiHead,
  Attention: attention,
  QLinearAdd: quantizedBinary("add"),
  QLinearMul: quantizedBinary("mul"),
  QLinearGlobalAveragePool: quantizedGlobalPool,
} satisfies RuleTable;
