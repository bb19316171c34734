/** Prices that the DeepSpeed profiler and its descendant calflops share: functions of torch.nn.functional that are replaced. */

import { byAttention, type Price, replacedFunctions } from "./price.js";
import type { Quantity } from "./quantities.js";
import { gates } from "./recurrent-extras.js";
import type { AttentionStyle } from "./traits.js";

/** Which ways of writing attention are seen; nothing else differs between the two tools. */
export type SeenAttention = Readonly<Record<AttentionStyle, 0 | 1>>;

const scaled = (seen: SeenAttention, factor: number): Record<AttentionStyle, number> => ({
  matmul: factor * seen.matmul,
  operator: factor * seen.operator,
  fused: factor * seen.fused,
  timm: factor * seen.timm,
  "nn.MultiheadAttention": factor * seen["nn.MultiheadAttention"],
});

/** A grouped transposed convolution is divided by its groups twice. */
const transposed =
  (factor: number): Price =>
  ({ groups = 1 }) =>
    groups === 1
      ? { factor }
      : {
          factor: factor / groups,
          why: "transposed convolutions are divided by their groups twice",
        };

const norm =
  (affine: number): Price =>
  (item) => ({ factor: item.isBiased ? affine : affine - 1 });

type Prices = Readonly<Partial<Record<Quantity, Price>>>;

export const functionalMacs = (seen: SeenAttention): Prices => ({
  convolutionMacs: 1,
  transposedMacs: transposed(1),
  linearMacs: 1,
  attentionMacs: byAttention(scaled(seen, 1)),
  recurrentMacs: { factor: 0, why: "recurrent cells have FLOPs but no MACs" },
});

const counted = replacedFunctions(1);

export const functionalFlops = (seen: SeenAttention): Prices => ({
  convolutionMacs: 2,
  transposedMacs: transposed(2),
  linearMacs: 2,
  attentionMacs: byAttention(scaled(seen, 2)),
  recurrentMacs: 2,
  // Sums of n products take n - 1 additions in both products; biases and the cell come on top.
  recurrentStates: ({ cell = "LSTM", isBiased }) => ({
    factor: { RNN: 1, GRU: 7, LSTM: 10 }[cell] - (isBiased ? 0 : 2 * gates[cell]),
  }),
  convolutionBias: 1,
  linearBias: { factor: 0, why: "the bias of F.linear is left out" },
  batchNorm: norm(2),
  layerNorm: norm(5),
  groupNorm: norm(5),
  softmax: byAttention({ matmul: 1, operator: 1, fused: 0, timm: 0, "nn.MultiheadAttention": 0 }),
  relu: counted,
  leakyRelu: counted,
  silu: counted,
  gelu: counted,
  relu6: (item) =>
    item.site === "functional"
      ? { factor: 1 }
      : { factor: 0, why: "nn.ReLU6 calls hardtanh, which is not replaced" },
  maxPoolInputs: counted,
  windowPoolInputs: counted,
  adaptivePoolInputs: counted,
  upsampleNearest: counted,
  upsampleLinear: counted,
});
