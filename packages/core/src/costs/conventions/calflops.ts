/** calflops (29ca584) in a fresh process: after a failed profile the next ones print multiples. */

import { convention } from "./convention.js";
import { functionalFlops, functionalMacs, type SeenAttention } from "./functional-prices.js";

const seen: SeenAttention = {
  matmul: 1,
  operator: 0,
  fused: 0,
  timm: 0,
  "nn.MultiheadAttention": 0,
};

export const calflopsFlops = convention({
  name: "calflops-flops",
  title: "calflops FLOPs",
  unit: "FLOPs",
  counts:
    "2 for each multiply-accumulate, and elements of norms, pools, activations and softmax; fused attention missed.",
  prices: functionalFlops(seen),
});

export const calflopsMacs = convention({
  name: "calflops-macs",
  title: "calflops MACs",
  unit: "MACs",
  counts: "1 for each multiply-accumulate, recurrent cells excepted; fused attention missed.",
  prices: functionalMacs(seen),
});
