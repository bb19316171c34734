/** What each ONNX operator contributes to the quantities, from the integers of its ledger entry. */

import type { LedgerEntry } from "../entry.js";
import type { Cell, Part } from "./item.js";
import type { Quantity } from "./quantities.js";
import { countOf, productOf, shapeOf } from "./shapes.js";

export type PartRule = (entry: LedgerEntry) => readonly Part[];

const elementsOf = (e: LedgerEntry) => e.detail?.elements ?? {};
const inputOf = (e: LedgerEntry, at: number) => shapeOf(e.detail?.inputs[at]);
const outputOf = (e: LedgerEntry) => shapeOf(e.detail?.outputs[0]);
const outputs = (e: LedgerEntry) => countOf(e.detail?.outputs[0]);

/** All entries, whatever the operator: multiply-accumulates, their biases and their outputs. */
export const products: PartRule = (e) => {
  const { detail, macs } = e;
  const biasAdds = elementsOf(e).biasAdds ?? 0;
  if (detail?.macKind === "recurrent" || e.kind === "ConvTranspose") return [];
  if (detail?.macKind === "conv") {
    return [
      { quantity: "convolutionMacs", count: macs },
      { quantity: "convolutionBias", count: biasAdds },
      { quantity: "convolutionOutputs", count: detail.activations },
    ];
  }
  const isMix = detail?.macKind === "matmul";
  return [
    { quantity: isMix ? "attentionMacs" : "linearMacs", count: macs },
    { quantity: isMix ? "attentionOutputs" : "linearOutputs", count: detail?.activations ?? 0 },
    { quantity: "linearBias", count: biasAdds },
  ];
};

/** Weights [C, O / groups, kernel...]: some tools count outputs x C / groups x kernel, which is stride^2 times too many. */
const transposed: PartRule = (e) => {
  const [x, w, y] = [inputOf(e, 0), inputOf(e, 1), outputOf(e)];
  const groups = w && y ? y[1]! / w[1]! : 1;
  const spread = x && w && y ? (productOf(y) * x[1]! * productOf(w.slice(2))) / groups : e.macs;
  return [
    { quantity: "transposedMacs", count: e.macs, groups },
    { quantity: "transposedSpread", count: spread },
    { quantity: "convolutionBias", count: elementsOf(e).biasAdds ?? 0 },
    { quantity: "convolutionOutputs", count: e.detail?.activations ?? 0 },
  ];
};

/** X [T, N, in], or [N, T, in]; W and R [directions, gates * hidden, ...]. */
const recurrent =
  (cell: Cell): PartRule =>
  (e) => {
    const [x, r] = [inputOf(e, 0), inputOf(e, 2)];
    if (!x || !r) return [{ quantity: "recurrentMacs", count: e.macs }];
    const biases = countOf(e.detail?.inputs[3]);
    const stored = countOf(e.detail?.inputs[1]) + productOf(r) + biases;
    const rows = x[0]! * x[1]!;
    const isBiased = biases > 0;
    return [
      { quantity: "recurrentMacs", count: e.macs },
      { quantity: "recurrentStates", count: rows * r[0]! * r[2]!, cell, isBiased },
      { quantity: "recurrentWeights", count: rows * stored },
      { quantity: "recurrentStepWeights", count: x[1]! * stored },
    ];
  };

/** Scale and shift, where there are any, each use counted. */
const affine = (e: LedgerEntry): Part => ({
  quantity: "normParameters",
  count: (outputOf(e)?.[0] ?? 1) * (countOf(e.detail?.inputs[1]) + countOf(e.detail?.inputs[2])),
});

const isAffine = (e: LedgerEntry) => (e.detail?.inputs.length ?? 0) > 1;

const norm =
  (quantity: Quantity): PartRule =>
  (e) => [{ quantity, count: outputs(e), isBiased: isAffine(e) }, affine(e)];

const rowsOf = (e: LedgerEntry) => productOf((outputOf(e) ?? []).slice(0, -1));

const layerNorm: PartRule = (e) => [
  ...norm("layerNorm")(e),
  { quantity: "layerNormRows", count: rowsOf(e) },
];

/** The ledger counts a tap for each neighbour and 4 operations beside. */
const localResponse: PartRule = (e) => [
  { quantity: "localResponseNorm", count: outputs(e) },
  { quantity: "localResponseTaps", count: e.otherOps - 4 * outputs(e) },
];

const softmax: PartRule = (e) => [
  { quantity: "softmax", count: outputs(e) },
  { quantity: "softmaxRows", count: rowsOf(e) },
];

/** Attention as one operator. */
const attention: PartRule = (e) => [{ quantity: "softmax", count: elementsOf(e).softmax ?? 0 }];

const each =
  (quantity: Quantity): PartRule =>
  (e) => [{ quantity, count: outputs(e) }];

/** Operators of which the ledger counts nothing where they only compute shapes. */
const arithmetic =
  (quantity: Quantity): PartRule =>
  (e) => [{ quantity: e.otherOps > 0 ? quantity : "shapeArithmetic", count: outputs(e) }];

const maxPool: PartRule = (e) => [
  { quantity: "maxPoolInputs", count: countOf(e.detail?.inputs[0]) },
  { quantity: "maxPoolTaps", count: e.otherOps },
];

const adaptivePool: PartRule = (e) => [
  { quantity: "adaptivePoolInputs", count: countOf(e.detail?.inputs[0]) },
  { quantity: "adaptivePoolOutputs", count: outputs(e) },
];

/** A window that covers everything, or one element, is what exporters make of an adaptive pool. */
const averagePool: PartRule = (e) => {
  const [x, y] = [inputOf(e, 0), outputOf(e)];
  const isAdaptive = x && y && (productOf(y.slice(2)) === 1 || productOf(x) === productOf(y));
  if (isAdaptive) return adaptivePool(e);
  return [
    { quantity: "windowPoolInputs", count: countOf(e.detail?.inputs[0]) },
    { quantity: "windowPoolOutputs", count: outputs(e) },
    { quantity: "windowPoolTaps", count: e.otherOps },
  ];
};

const resize: PartRule = (e) => [
  { quantity: e.otherOps > 0 ? "upsampleLinear" : "upsampleNearest", count: outputs(e) },
];

/** A table that integers pick rows from. */
const gather: PartRule = (e) => {
  const table = inputOf(e, 0);
  if (e.parameters === 0 || table?.length !== 2 || !e.detail?.inputs[1]?.startsWith("int"))
    return [];
  return [{ quantity: "embeddingParameters", count: (outputOf(e)?.[0] ?? 1) * productOf(table) }];
};

/** An operator without a rule adds only its products. */
export const partRules: Readonly<Partial<Record<string, PartRule>>> = {
  ConvTranspose: transposed,
  RNN: recurrent("RNN"),
  GRU: recurrent("GRU"),
  LSTM: recurrent("LSTM"),
  BatchNormalization: norm("batchNorm"),
  InstanceNormalization: norm("groupNorm"),
  GroupNormalization: norm("groupNorm"),
  LayerNormalization: layerNorm,
  RMSNormalization: layerNorm,
  LRN: localResponse,
  Softmax: softmax,
  LogSoftmax: softmax,
  Attention: attention,
  MultiHeadAttention: attention,
  Relu: each("relu"),
  Clip: arithmetic("relu6"),
  LeakyRelu: each("leakyRelu"),
  PRelu: each("leakyRelu"),
  Elu: each("leakyRelu"),
  Swish: each("silu"),
  Gelu: each("gelu"),
  Erf: each("gelu"),
  Sigmoid: each("sigmoid"),
  HardSigmoid: each("hardSigmoid"),
  HardSwish: each("hardSwish"),
  Tanh: each("tanh"),
  Celu: each("otherActivations"),
  Mish: each("otherActivations"),
  Selu: each("otherActivations"),
  Softplus: each("otherActivations"),
  Softsign: each("otherActivations"),
  MaxPool: maxPool,
  GlobalMaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: adaptivePool,
  ReduceMean: adaptivePool,
  Resize: resize,
  Upsample: resize,
  Gather: gather,
  // A sum that is a layer's bias is counted with the products.
  Add: (e) => (elementsOf(e).biasAdds ? [] : arithmetic("additions")(e)),
  Sub: arithmetic("additions"),
  Mul: arithmetic("multiplications"),
  Div: arithmetic("divisions"),
  ...Object.fromEntries(
    ["Pow", "Sqrt", "Exp", "Log", "Mod", "Max", "Min", "Neg", "Abs", "Reciprocal", "Floor", "Ceil"]
      .concat(["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "And", "Or"])
      .concat(["Where", "Sin", "Cos", "CumSum"])
      .map((op) => [op, arithmetic("otherElementwise")]),
  ),
};
