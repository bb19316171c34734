/** DeepSpeed's flops profiler (38327e0) in a fresh process: repeated profiles of fused attention grow. */

import { convention } from "./convention.js";
import { functionalFlops, functionalMacs, type SeenAttention } from "./functional-prices.js";

const seen: SeenAttention = {
  matmul: 1,
  operator: 0,
  fused: 1,
  timm: 1,
  "nn.MultiheadAttention": 1,
};

export const deepspeedFlops = convention({
  name: "deepspeed-flops",
  title: "DeepSpeed FLOPs",
  unit: "FLOPs",
  counts:
    "2 for each multiply-accumulate, and elements of norms, pools, activations and softmax; fused attention included.",
  prices: functionalFlops(seen),
});

export const deepspeedMacs = convention({
  name: "deepspeed-macs",
  title: "DeepSpeed MACs",
  unit: "MACs",
  counts: "1 for each multiply-accumulate, recurrent cells excepted; fused attention included.",
  prices: functionalMacs(seen),
});
