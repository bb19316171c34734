/** Contract rows of activation functions and dropout. */

import {
  dropout,
  elu,
  gelu,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  relu,
  reluGrad,
  sigmoid,
  softplus,
  tanh,
} from "../index.js";
import type { OpCase } from "./case.js";

export const activationRows = {
  Relu: [
    {
      name: "of both signs",
      inputs: [{ shape: [2, 5] }],
      build: (x) => relu(x),
      torch: "torch.relu(x0)",
    },
    {
      name: "of a scalar",
      inputs: [{ shape: [] }],
      build: (x) => relu(x),
      torch: "torch.relu(x0)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [2, 0, 3] }],
      build: (x) => relu(x),
      torch: "torch.relu(x0)",
    },
    {
      name: "at zero",
      inputs: [{ shape: [3], values: [-1, 0, 1] }],
      build: (x) => relu(x),
      torch: "torch.relu(x0)",
      gradient: { skip: "differences straddle the kink" },
    },
  ],
  LeakyRelu: [
    {
      name: "of both signs",
      inputs: [{ shape: [2, 5] }],
      build: (x) => leakyRelu(x),
      torch: "torch.nn.functional.leaky_relu(x0)",
    },
    {
      name: "of a scalar",
      inputs: [{ shape: [] }],
      build: (x) => leakyRelu(x),
      torch: "torch.nn.functional.leaky_relu(x0)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [2, 0, 3] }],
      build: (x) => leakyRelu(x),
      torch: "torch.nn.functional.leaky_relu(x0)",
    },
    {
      name: "at zero",
      inputs: [{ shape: [3], values: [-1, 0, 1] }],
      build: (x) => leakyRelu(x),
      torch: "torch.nn.functional.leaky_relu(x0)",
      gradient: { skip: "differences straddle the kink" },
    },
    {
      name: "with a slope",
      inputs: [{ shape: [2, 5] }],
      build: (x) => leakyRelu(x, { slope: 0.3 }),
      torch: "torch.nn.functional.leaky_relu(x0, 0.3)",
    },
  ],
  Elu: [
    {
      name: "of both signs",
      inputs: [{ shape: [2, 5] }],
      build: (x) => elu(x),
      torch: "torch.nn.functional.elu(x0)",
    },
    {
      name: "of a scalar",
      inputs: [{ shape: [] }],
      build: (x) => elu(x),
      torch: "torch.nn.functional.elu(x0)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [2, 0, 3] }],
      build: (x) => elu(x),
      torch: "torch.nn.functional.elu(x0)",
    },
    {
      name: "far out",
      inputs: [{ shape: [4], values: [-50, -1, 0.5, 50] }],
      build: (x) => elu(x),
      torch: "torch.nn.functional.elu(x0)",
    },
    {
      name: "with a scale",
      inputs: [{ shape: [2, 5] }],
      build: (x) => elu(x, { alpha: 0.5 }),
      torch: "torch.nn.functional.elu(x0, 0.5)",
    },
  ],
  Sigmoid: [
    {
      name: "of both signs",
      inputs: [{ shape: [2, 5] }],
      build: (x) => sigmoid(x),
      torch: "torch.sigmoid(x0)",
    },
    {
      name: "of a scalar",
      inputs: [{ shape: [] }],
      build: (x) => sigmoid(x),
      torch: "torch.sigmoid(x0)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [2, 0, 3] }],
      build: (x) => sigmoid(x),
      torch: "torch.sigmoid(x0)",
    },
    {
      name: "far out",
      inputs: [{ shape: [5], values: [-80, -20, 0, 20, 80] }],
      build: (x) => sigmoid(x),
      torch: "torch.sigmoid(x0)",
    },
  ],
  Tanh: [
    {
      name: "of both signs",
      inputs: [{ shape: [2, 5] }],
      build: (x) => tanh(x),
      torch: "torch.tanh(x0)",
    },
    {
      name: "of a scalar",
      inputs: [{ shape: [] }],
      build: (x) => tanh(x),
      torch: "torch.tanh(x0)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [2, 0, 3] }],
      build: (x) => tanh(x),
      torch: "torch.tanh(x0)",
    },
    {
      name: "far out",
      inputs: [{ shape: [5], values: [-30, -0.001, 0, 0.001, 30] }],
      build: (x) => tanh(x),
      torch: "torch.tanh(x0)",
    },
  ],
  Softplus: [
    {
      name: "of both signs",
      inputs: [{ shape: [2, 5] }],
      build: (x) => softplus(x),
      torch: "torch.nn.functional.softplus(x0, threshold=100)",
    },
    {
      name: "of a scalar",
      inputs: [{ shape: [] }],
      build: (x) => softplus(x),
      torch: "torch.nn.functional.softplus(x0, threshold=100)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [2, 0, 3] }],
      build: (x) => softplus(x),
      torch: "torch.nn.functional.softplus(x0, threshold=100)",
    },
    {
      name: "far out",
      inputs: [{ shape: [5], values: [-80, -20, 0, 20, 80] }],
      build: (x) => softplus(x),
      torch: "torch.nn.functional.softplus(x0, threshold=100)",
    },
  ],
  Gelu: [
    {
      name: "of both signs",
      inputs: [{ shape: [2, 5] }],
      build: (x) => gelu(x),
      torch: "torch.nn.functional.gelu(x0)",
    },
    {
      name: "of a scalar",
      inputs: [{ shape: [] }],
      build: (x) => gelu(x),
      torch: "torch.nn.functional.gelu(x0)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [2, 0, 3] }],
      build: (x) => gelu(x),
      torch: "torch.nn.functional.gelu(x0)",
    },
    {
      name: "far out",
      inputs: [{ shape: [5], values: [-8, -3, 0, 3, 8] }],
      build: (x) => gelu(x),
      torch: "torch.nn.functional.gelu(x0)",
    },
    {
      name: "in the tanh approximation",
      inputs: [{ shape: [2, 5], range: [-4, 4] }],
      build: (x) => gelu(x, { approximate: "tanh" }),
      torch: "torch.nn.functional.gelu(x0, approximate='tanh')",
    },
  ],
  // hardsigmoid itself rounds 1/6 to float32 in its gradient, even of doubles.
  HardSigmoid: [
    {
      name: "of both signs",
      inputs: [{ shape: [2, 5], range: [-5, 5] }],
      build: (x) => hardSigmoid(x),
      torch: "torch.clamp(x0 / 6 + 0.5, 0, 1)",
    },
    {
      name: "of a scalar",
      inputs: [{ shape: [], range: [-5, 5] }],
      build: (x) => hardSigmoid(x),
      torch: "torch.clamp(x0 / 6 + 0.5, 0, 1)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [2, 0, 3] }],
      build: (x) => hardSigmoid(x),
      torch: "torch.clamp(x0 / 6 + 0.5, 0, 1)",
    },
    {
      name: "at the kinks",
      inputs: [{ shape: [2], values: [-3, 3] }],
      build: (x) => hardSigmoid(x),
      torch: "torch.clamp(x0 / 6 + 0.5, 0, 1)",
      gradient: { skip: "differences straddle the kink" },
    },
    {
      name: "with other constants",
      inputs: [{ shape: [2, 5], range: [-5, 5] }],
      build: (x) => hardSigmoid(x, { alpha: 0.2, beta: 0.4 }),
      torch: "(0.2 * x0 + 0.4).clamp(0, 1)",
    },
  ],
  HardSwish: [
    {
      name: "of both signs",
      inputs: [{ shape: [2, 5], range: [-5, 5] }],
      build: (x) => hardSwish(x),
      torch: "torch.nn.functional.hardswish(x0)",
    },
    {
      name: "of a scalar",
      inputs: [{ shape: [], range: [-5, 5] }],
      build: (x) => hardSwish(x),
      torch: "torch.nn.functional.hardswish(x0)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [2, 0, 3] }],
      build: (x) => hardSwish(x),
      torch: "torch.nn.functional.hardswish(x0)",
    },
    {
      name: "at the kinks",
      inputs: [{ shape: [2], values: [-3, 3] }],
      build: (x) => hardSwish(x),
      torch: "torch.nn.functional.hardswish(x0)",
      gradient: { skip: "differences straddle the kink" },
    },
  ],
  ReluGrad: [
    {
      name: "of whole channel blocks",
      inputs: [{ shape: [2, 16, 2, 3] }, { shape: [2, 16, 2, 3] }],
      build: (g, y) => reluGrad(g, relu(y)),
      torch: "x0 * (x1 > 0)",
      gradient: [0],
    },
    {
      name: "of both signs",
      inputs: [{ shape: [2, 5] }, { shape: [2, 5] }],
      build: (g, y) => reluGrad(g, relu(y)),
      torch: "x0 * (x1 > 0)",
      gradient: [0],
    },
    {
      name: "with zeros",
      inputs: [{ shape: [4] }, { shape: [4], values: [0, 1, 0, 2] }],
      build: (g, y) => reluGrad(g, y),
      torch: "x0 * (x1 > 0)",
      gradient: [0],
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0] }, { shape: [0] }],
      build: (g, y) => reluGrad(g, y),
      torch: "x0 * (x1 > 0)",
      gradient: [0],
    },
  ],
  Dropout: [
    {
      name: "of half",
      inputs: [{ shape: [2, 6] }, { shape: [2, 6], range: [0, 1] }],
      build: (x, noise) => dropout(x, noise, { rate: 0.5 }),
      torch: "x0 * (x1 >= 0.5) / 0.5",
      gradient: [0],
    },
    {
      name: "of a tenth, at the threshold",
      inputs: [{ shape: [4] }, { shape: [4], values: [0, 0.0625, 0.125, 0.9] }],
      build: (x, noise) => dropout(x, noise, { rate: 0.125 }),
      torch: "x0 * (x1 >= 0.125) / 0.875",
      gradient: [0],
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0] }, { shape: [0] }],
      build: (x, noise) => dropout(x, noise, { rate: 0.5 }),
      torch: "x0 * (x1 >= 0.5) / 0.5",
      gradient: [0],
    },
  ],
} satisfies Record<string, readonly OpCase[]>;
