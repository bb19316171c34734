/** ptflops (d612c75), back end `pytorch`: hooks on modules, and functions that are replaced. */

import { convention } from "./convention.js";
import type { CountedItem } from "./item.js";
import {
  exactModules,
  hooksAndFunctions,
  type Price,
  priceOf,
  replacedFunctions,
} from "./price.js";
import { perState } from "./recurrent-extras.js";
import type { AttentionStyle, SourceTraits } from "./traits.js";

const styleOf = (item: CountedItem, traits: SourceTraits): AttentionStyle | undefined =>
  item.attention && (traits.attention ?? "matmul");

/** Hooks of the two attention modules count by a formula. */
const byFormula: ReadonlySet<AttentionStyle | undefined> = new Set<AttentionStyle>([
  "timm",
  "nn.MultiheadAttention",
]);

const linear: Price = (item, traits) => {
  const style = styleOf(item, traits);
  if (item.attention === "projection" && style === "nn.MultiheadAttention") return { factor: 1 };
  if (item.attention === "projection" && style === "timm") {
    return { factor: 0, why: "the hook of timm's Attention hides the layers in it" };
  }
  return item.site === "module" && !item.isSubclass
    ? { factor: 1 }
    : { factor: 0, why: "F.linear called by itself is not seen" };
};

const mixing: Price = (item, traits) => {
  const style = styleOf(item, traits);
  if (style === "operator") {
    return { factor: 0, why: "the @ operator is not among the functions that are replaced" };
  }
  if (style === "fused") return { factor: 0, why: "scaled_dot_product_attention has no rule" };
  return { factor: 1 };
};

const softmax: Price = (item, traits) => {
  if (styleOf(item, traits) === "fused") {
    return { factor: 0, why: "scaled_dot_product_attention has no rule" };
  }
  return { factor: 1 };
};

const pool = hooksAndFunctions({ hook: 1, called: 1 });
const convolution = exactModules(1);

export const ptflopsPytorch = convention({
  name: "ptflops-pytorch",
  title: "ptflops (pytorch)",
  unit: "ops",
  counts:
    "Multiply-accumulates, biases, activations, pools and norms of one sample; ReLU, GELU and pools that are modules count twice.",
  per: "sample",
  prices: {
    convolutionMacs: convolution,
    transposedMacs: convolution,
    convolutionBias: convolution,
    linearMacs: linear,
    linearBias: linear,
    attentionMacs: mixing,
    queryElements: (item, traits) => ({ factor: byFormula.has(styleOf(item, traits)) ? 1 : 0 }),
    softmax,
    recurrentMacs: convolution,
    recurrentStates: perState({ RNN: 1, GRU: 7, LSTM: 10 }),
    batchNorm: exactModules((item) => ({ factor: item.isBiased ? 2 : 1 })),
    layerNorm: exactModules({ factor: 1, why: "the layer norm is not asked for its scale" }),
    groupNorm: exactModules((item) => ({
      factor: item.op === "GroupNormalization" || !item.isBiased ? 1 : 2,
    })),
    relu: hooksAndFunctions({ hook: 1, called: 1 }),
    gelu: hooksAndFunctions({ hook: 1, called: 1 }),
    relu6: hooksAndFunctions({ hook: 0, called: 1 }),
    // nn.PReLU and nn.ELU have hooks and call replaced functions; leaky ReLU has a hook only.
    leakyRelu: (item, traits) =>
      priceOf(
        hooksAndFunctions({ hook: 1, called: item.op === "LeakyRelu" ? 0 : 1 }),
        item,
        traits,
      ),
    silu: replacedFunctions(1),
    maxPoolInputs: pool,
    windowPoolInputs: pool,
    adaptivePoolInputs: pool,
    upsampleNearest: hooksAndFunctions({ hook: 1, called: 1 }),
    upsampleLinear: hooksAndFunctions({ hook: 1, called: 1 }),
  },
});
