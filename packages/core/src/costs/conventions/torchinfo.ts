/** torchinfo (5c4164f): parameters times output positions of every leaf module, called "mult-adds". */

import { convention } from "./convention.js";
import { leafModules } from "./price.js";

const leaf = leafModules(1);

export const torchinfo = convention({
  name: "torchinfo",
  title: "torchinfo",
  unit: "MACs",
  counts:
    "Parameters times output positions of layers that are modules, biases included; the parameters of norms and embeddings once.",
  prices: {
    convolutionMacs: leaf,
    transposedSpread: leafModules({
      factor: 1,
      why: "parameters times output positions is stride^2 times too many",
    }),
    convolutionBias: leaf,
    linearMacs: leaf,
    linearBias: leaf,
    recurrentWeights: leaf,
    normParameters: leaf,
    embeddingParameters: leaf,
  },
});
