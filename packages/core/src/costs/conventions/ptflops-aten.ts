/** ptflops (d612c75), back end `aten`: operators as they are dispatched. */

import { convention } from "./convention.js";
import { byAttention } from "./price.js";

export const ptflopsAten = convention({
  name: "ptflops-aten",
  title: "ptflops (aten)",
  unit: "MACs",
  counts: "Multiply-accumulates and bias additions, 1 each, of one sample.",
  per: "sample",
  prices: {
    convolutionMacs: 1,
    transposedMacs: 1,
    linearMacs: 1,
    attentionMacs: byAttention({
      matmul: 1,
      operator: 1,
      fused: 0,
      timm: 0,
      "nn.MultiheadAttention": 0,
    }),
    recurrentMacs: { factor: 0, why: "recurrent operators have no rule" },
    convolutionBias: 1,
    linearBias: 1,
  },
});
