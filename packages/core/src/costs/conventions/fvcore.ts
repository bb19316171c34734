/** fvcore.nn.FlopCountAnalysis (3378afe): a TorchScript trace. */

import { convention } from "./convention.js";
import type { CountedItem } from "./item.js";
import { byAttention, type Price, type Priced, unlessFastPath, unlessPruned } from "./price.js";
import type { Quantity } from "./quantities.js";

/** With a scale and a shift; one less without. */
const norm =
  (affine: number): Price =>
  ({ isBiased }: CountedItem) => ({ factor: isBiased ? affine : affine - 1 });

function adaptivePool({ site, isWindow }: CountedItem): Priced {
  if (site === "mean") return { factor: 0, why: "a mean over axes is no pooling operator" };
  return isWindow ? { factor: 0, why: "pools with a window have no rule" } : { factor: 1 };
}

const prices: Readonly<Partial<Record<Quantity, Price>>> = {
  convolutionMacs: 1,
  transposedMacs: 1,
  linearMacs: unlessFastPath(1),
  attentionMacs: byAttention({
    matmul: 1,
    operator: 1,
    fused: 0,
    timm: 0,
    "nn.MultiheadAttention": 0,
  }),
  recurrentMacs: { factor: 0, why: "recurrent operators have no rule" },
  batchNorm: norm(2),
  layerNorm: norm(5),
  groupNorm: norm(5),
  adaptivePoolInputs: adaptivePool,
  upsampleNearest: 1,
  upsampleLinear: 4,
};

export const fvcore = convention({
  name: "fvcore",
  title: "fvcore",
  unit: "MACs",
  counts:
    "1 for each multiply-accumulate, 2 for each element of a batch norm, 5 of a layer norm, 1 for each input of an adaptive pool.",
  prices: Object.fromEntries(
    Object.entries(prices).map(([quantity, price]) => [quantity, unlessPruned(price)]),
  ),
});
