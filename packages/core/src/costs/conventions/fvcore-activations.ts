/** fvcore.nn.ActivationCountAnalysis: the "activations" of RegNet and of timm's tables. */

import { convention } from "./convention.js";
import { byAttention, unlessFastPath, unlessPruned } from "./price.js";

export const fvcoreActivations = convention({
  name: "fvcore-activations",
  title: "fvcore activations",
  unit: "elements",
  counts: "The output elements of convolutions, linear layers and matrix products.",
  prices: {
    convolutionOutputs: unlessPruned(1),
    linearOutputs: unlessPruned(unlessFastPath(1)),
    attentionOutputs: unlessPruned(
      byAttention({ matmul: 1, operator: 1, fused: 0, timm: 0, "nn.MultiheadAttention": 0 }),
    ),
  },
});
