/** netscope (8ae36d8): five columns for five kinds of operation, of networks as Caffe writes them. */

import { convention } from "./convention.js";

const column = <Name extends string>(
  name: Name,
  title: string,
  counts: string,
  prices: Parameters<typeof convention>[0]["prices"],
) => convention({ name, title: `netscope ${title}`, unit: "ops", counts, prices });

export const netscopeMacc = column(
  "netscope-macc",
  "multiply-accumulate",
  "Multiply-accumulates of convolutions, linear layers and local response norms, and element-wise products.",
  {
    convolutionMacs: 1,
    transposedMacs: 1,
    linearMacs: 1,
    localResponseTaps: 1,
    multiplications: 1,
  },
);

export const netscopeComparison = column(
  "netscope-comp",
  "comparisons",
  "One for each tap of a max pool and each element of a ReLU.",
  { relu: 1, relu6: 1, leakyRelu: 1, maxPoolTaps: 1 },
);

export const netscopeAdd = column(
  "netscope-add",
  "additions",
  "One for each tap of an average pool and each element of a batch norm, a softmax, a local response norm or a sum.",
  {
    batchNorm: 1,
    softmax: 1,
    localResponseNorm: 1,
    windowPoolTaps: 1,
    adaptivePoolInputs: 1,
    additions: 1,
  },
);

export const netscopeDivision = column(
  "netscope-div",
  "divisions",
  "One for each element of a batch norm or a softmax, two of a local response norm.",
  { batchNorm: 1, softmax: 1, localResponseNorm: 2 },
);

export const netscopeExponential = column(
  "netscope-exp",
  "exponentials",
  "One for each element of a softmax or a local response norm.",
  { softmax: 1, localResponseNorm: 1 },
);
