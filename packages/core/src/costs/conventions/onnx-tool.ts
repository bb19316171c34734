/** onnx-tool (00f5f0a): one "MACs" number in which every operation of the file counts, dear ones many times. */

import { convention } from "./convention.js";
import type { Price } from "./price.js";

/** Instructions of one operation, from the tool's own table. */
const weights: Readonly<Record<string, number>> = {
  Add: 1,
  Sub: 1,
  Mul: 1,
  Div: 4,
  Reciprocal: 4,
  Pow: 32,
  Exp: 32,
  Log: 43,
  Sin: 39,
  Cos: 39,
  Sqrt: 24,
  Mod: 1,
  Max: 1,
  Min: 1,
  Neg: 1,
  Abs: 1,
  Floor: 1,
  Ceil: 1,
  CumSum: 1,
  Equal: 1,
  Greater: 1,
  Less: 1,
  LessOrEqual: 1,
  Not: 1,
  And: 1,
};

const weighed: Price = ({ op }) => ({ factor: weights[op] ?? 0 });

export const onnxTool = convention({
  name: "onnx-tool",
  title: "onnx-tool",
  unit: "ops",
  counts:
    "Multiply-accumulates, additions and comparisons 1, divisions 4, exponentials 32 and so on, of every node of the file as exported.",
  prices: {
    convolutionMacs: 1,
    transposedMacs: 1,
    linearMacs: 1,
    attentionMacs: 1,
    recurrentStepWeights: { factor: 1, why: "recurrent cells are counted for one step only" },
    convolutionBias: 1,
    linearBias: 1,
    batchNorm: (_, { batchNorm }) =>
      batchNorm === "folded"
        ? { factor: 1, why: "folded into the convolution before it, it is its bias" }
        : { factor: 31, why: "2 additions, a multiplication, a root and a division" },
    layerNorm: 7,
    layerNormRows: 29,
    groupNorm: 7,
    relu: 1,
    relu6: 2,
    leakyRelu: 2,
    silu: { factor: 33, why: "an exponential and a multiplication" },
    gelu: { factor: 0, why: "the error function counts nothing" },
    sigmoid: 32,
    hardSigmoid: 4,
    hardSwish: 5,
    tanh: { factor: 76, why: "an exponential, a division and two additions, counted twice" },
    softmax: 36,
    maxPoolTaps: 1,
    windowPoolTaps: 1,
    adaptivePoolInputs: 1,
    adaptivePoolOutputs: ({ op }) => ({ factor: op === "GlobalAveragePool" ? 4 : 0 }),
    upsampleLinear: 4,
    additions: weighed,
    multiplications: weighed,
    divisions: weighed,
    otherElementwise: weighed,
    shapeArithmetic: weighed,
  },
});
