/** torch.utils.flop_counter.FlopCounterMode (torch 2.13): operators as they are dispatched. */

import { convention } from "./convention.js";
import { byAttention, unlessFastPath } from "./price.js";

export const torch = convention({
  name: "torch",
  title: "torch.utils.flop_counter",
  unit: "FLOPs",
  counts:
    "2 for each multiply-accumulate of convolutions and matrix products; on a CPU, fused attention and recurrent cells are missed.",
  prices: {
    convolutionMacs: 2,
    transposedMacs: 2,
    linearMacs: unlessFastPath(2),
    attentionMacs: byAttention({
      matmul: 2,
      operator: 2,
      fused: 0,
      timm: 0,
      "nn.MultiheadAttention": 0,
    }),
    recurrentMacs: { factor: 0, why: "recurrent operators have no rule" },
  },
});
