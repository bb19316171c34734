/** Families of kernels: what is timed, looked up and learned apart, and what the runtime fuses into each. */

/** A convolution is told by its shapes: see `kernelsOf`. */
export type KernelFamily =
  | "stem"
  | "conv"
  | "pointwise"
  | "depthwise"
  | "grouped"
  | "transposed"
  | "linear"
  | "pool"
  | "globalPool"
  | "elementwise"
  | "reduction"
  | "movement"
  | "other";

const norm = ["BatchNormalization", "ChannelAffine"];
const residual = ["Add"];
const activation = ["Relu", "Clip", "Sigmoid", "Tanh", "LeakyRelu", "HardSigmoid", "HardSwish"];

/**
 * What may follow in the same kernel, in this order, each at most once. As profiles of ONNX Runtime 1.30 (CPU) show it:
 * normalisation is folded into the weights, the sum of a residual block and the activation are done by the convolution
 * as it writes. A grouped convolution that cannot be blocked takes the activation only.
 */
export const fusedAfter: Readonly<Record<KernelFamily, readonly (readonly string[])[]>> = {
  stem: [norm, residual, activation],
  conv: [norm, residual, activation],
  pointwise: [norm, residual, activation],
  depthwise: [norm, residual, activation],
  grouped: [norm, activation],
  transposed: [],
  linear: [residual, activation],
  pool: [],
  globalPool: [],
  elementwise: [],
  reduction: [],
  movement: [],
  other: [],
};

export const kernelFamilies = Object.keys(fusedAfter) as readonly KernelFamily[];

const members: Readonly<Partial<Record<KernelFamily, readonly string[]>>> = {
  transposed: ["ConvTranspose"],
  linear: ["Gemm", "MatMul"],
  pool: ["MaxPool", "AveragePool", "LpPool"],
  globalPool: ["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"],
  elementwise: [
    ...norm,
    ...activation,
    ...["Add", "Sub", "Mul", "Div", "Min", "Max", "Pow", "MultiplyAdd", "Where", "Cast", "Dropout"],
    ...["Abs", "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Erf", "Gelu", "Elu", "Selu", "Softplus"],
    ...["Floor", "Ceil", "Round", "Sign", "Sin", "Cos", "PRelu", "Softsign", "Mish", "Not"],
    ...["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or", "Xor"],
  ],
  reduction: [
    ...["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL2"],
    ...["Softmax", "LogSoftmax", "LogSumExp", "LayerNormalization", "ArgMax", "TopK", "CumSum"],
    ...["InstanceNormalization", "GroupNormalization", "ChannelSum", "ChannelDot"],
  ],
  movement: [
    ...["Concat", "Split", "Slice", "Gather", "GatherElements", "Transpose", "Pad", "Expand"],
    ...["Tile", "ScatterElements", "Resize", "Upsample", "DepthToSpace", "SpaceToDepth"],
  ],
};

const families = new Map(
  Object.entries(members).flatMap(([family, kinds]) =>
    kinds.map((kind) => [kind, family as KernelFamily] as const),
  ),
);

/** The family of an op that is no convolution, by its name. */
export const familyOfKind = (kind: string): KernelFamily => families.get(kind) ?? "other";
