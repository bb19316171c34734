/** thop (43c064a): hooks on modules whose type is exactly one of torch.nn's. */

import { convention } from "./convention.js";
import { exactModules } from "./price.js";
import { perState } from "./recurrent-extras.js";

const counted = exactModules(1);
/** 2 for each element, twice that with a scale and a shift. */
const norm = exactModules((item) => ({ factor: item.isBiased ? 4 : 2 }));

export const thop = convention({
  name: "thop",
  title: "thop",
  unit: "ops",
  counts:
    "Multiply-accumulates without biases, 4 for each element of a norm, and pools; only of modules of exactly torch.nn's types.",
  prices: {
    convolutionMacs: counted,
    transposedSpread: exactModules({
      factor: 1,
      why: "outputs times input channels and kernel is stride^2 times too many",
    }),
    linearMacs: counted,
    attentionMacs: { factor: 0, why: "a product of activations is no module" },
    recurrentMacs: counted,
    recurrentStates: exactModules(perState({ RNN: 1, GRU: 7, LSTM: 8 })),
    batchNorm: norm,
    layerNorm: norm,
    groupNorm: norm,
    // 3 n - 1 for each row of n.
    softmax: exactModules(3),
    softmaxRows: exactModules(-1),
    windowPoolOutputs: counted,
    // (window + 1) for each output: the inputs, and the outputs once more.
    adaptivePoolInputs: exactModules(({ isWindow }) =>
      isWindow ? { factor: 0, why: "nn.AvgPool2d counts its outputs only" } : { factor: 1 },
    ),
    adaptivePoolOutputs: counted,
    upsampleNearest: counted,
    upsampleLinear: exactModules(11),
  },
});
