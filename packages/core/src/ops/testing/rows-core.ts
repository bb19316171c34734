/** Contract rows of the first six ops: the ones to imitate. */

import { add, exp, expand, mul, multiplyAdd, reduceSum, reshape } from "../index.js";
import type { OpCase } from "./case.js";

export const coreRows = {
  Add: [
    {
      name: "of equal shapes",
      inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
      build: (a, b) => add(a, b),
      torch: "x0 + x1",
    },
    {
      name: "stretching both operands",
      inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1] }],
      build: (a, b) => add(a, b),
      torch: "x0 + x1",
    },
    {
      name: "with a number",
      inputs: [{ shape: [3] }],
      build: (a) => add(a, 0.1),
      torch: "x0 + 0.1",
    },
    {
      name: "of a value with itself",
      inputs: [{ shape: [3] }],
      build: (a) => add(a, a),
      torch: "x0 + x0",
    },
    {
      name: "of scalars",
      inputs: [{ shape: [] }, { shape: [] }],
      build: (a, b) => add(a, b),
      torch: "x0 + x1",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }, { shape: [3] }],
      build: (a, b) => add(a, b),
      torch: "x0 + x1",
    },
    {
      name: "of 64-bit integers",
      inputs: [
        { shape: [3], dtype: "int64", range: [-50, 50] },
        { shape: [3], dtype: "int64" },
      ],
      build: (a, b) => add(a, b),
      torch: "x0 + x1",
    },
  ],
  MultiplyAdd: [
    {
      name: "of vectors",
      inputs: [{ shape: [3] }, { shape: [] }, { shape: [3] }],
      build: (x, a, z) => multiplyAdd(x, a, z),
      torch: "x0 * x1 + x2",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 2] }, { shape: [] }, { shape: [0, 2] }],
      build: (x, a, z) => multiplyAdd(x, a, z),
      torch: "x0 * x1 + x2",
    },
    {
      name: "of a weight that takes many cache lines",
      inputs: [{ shape: [64, 64, 3, 3] }, { shape: [] }, { shape: [64, 64, 3, 3] }],
      build: (x, a, z) => multiplyAdd(x, a, z),
      torch: "x0 * x1 + x2",
      gradient: { skip: "slopes are checked on the small cases" },
    },
  ],
  Mul: [
    {
      name: "of equal shapes",
      inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
      build: (a, b) => mul(a, b),
      torch: "x0 * x1",
    },
    {
      name: "stretching both operands",
      inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1] }],
      build: (a, b) => mul(a, b),
      torch: "x0 * x1",
    },
    {
      name: "of a value with itself",
      inputs: [{ shape: [3] }],
      build: (a) => mul(a, a),
      torch: "x0 * x0",
    },
    {
      name: "of 32-bit integers",
      inputs: [
        { shape: [2, 2], dtype: "int32", range: [-9, 9] },
        { shape: [2], dtype: "int32", range: [-9, 9] },
      ],
      build: (a, b) => mul(a, b),
      torch: "x0 * x1",
    },
  ],
  Exp: [
    {
      name: "of both signs",
      inputs: [{ shape: [2, 5], range: [-4, 4] }],
      build: (x) => exp(x),
      torch: "torch.exp(x0)",
    },
    {
      name: "beyond the range of float32",
      inputs: [{ shape: [2], values: [-200, 0] }],
      build: (x) => exp(x),
      torch: "torch.exp(x0)",
    },
    { name: "of nothing", inputs: [{ shape: [0] }], build: (x) => exp(x), torch: "torch.exp(x0)" },
  ],
  Expand: [
    {
      name: "of a row to new leading axes",
      inputs: [{ shape: [3] }],
      build: (x) => expand(x, [2, 4, 3]),
      torch: "x0.expand(2, 4, 3)",
    },
    {
      name: "of an inner axis",
      inputs: [{ shape: [2, 1, 3] }],
      build: (x) => expand(x, [2, 4, 3]),
      torch: "x0.expand(2, 4, 3)",
    },
    {
      name: "of a scalar",
      inputs: [{ shape: [] }],
      build: (x) => expand(x, [2, 2]),
      torch: "x0.expand(2, 2)",
    },
    {
      name: "to nothing",
      inputs: [{ shape: [1, 3] }],
      build: (x) => expand(x, [0, 3]),
      torch: "x0.expand(0, 3)",
    },
  ],
  ReduceSum: [
    {
      name: "over one axis",
      inputs: [{ shape: [2, 3, 4] }],
      build: (x) => reduceSum(x, { axes: [1] }),
      torch: "x0.sum(1)",
    },
    {
      name: "over two axes, kept, counted from the back",
      inputs: [{ shape: [2, 3, 4] }],
      build: (x) => reduceSum(x, { axes: [-1, 0], keepDims: true }),
      torch: "x0.sum((0, 2), keepdim=True)",
    },
    {
      name: "over everything",
      inputs: [{ shape: [2, 3] }],
      build: (x) => reduceSum(x),
      torch: "x0.sum()",
    },
    {
      name: "over no axis",
      inputs: [{ shape: [2, 3] }],
      build: (x) => reduceSum(x, { axes: [] }),
      torch: "x0 * 1",
    },
    {
      name: "over an empty axis",
      inputs: [{ shape: [2, 0, 3] }],
      build: (x) => reduceSum(x, { axes: [1] }),
      torch: "x0.sum(1)",
    },
    {
      name: "of a scalar",
      inputs: [{ shape: [] }],
      build: (x) => reduceSum(x),
      torch: "x0.sum()",
    },
  ],
  Reshape: [
    {
      name: "with a computed dimension",
      inputs: [{ shape: [2, 3, 4] }],
      build: (x) => reshape(x, [4, -1]),
      torch: "x0.reshape(4, 6)",
    },
    {
      name: "of a scalar to one element",
      inputs: [{ shape: [] }],
      build: (x) => reshape(x, [1, 1]),
      torch: "x0.reshape(1, 1)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }],
      build: (x) => reshape(x, [3, 2, 0]),
      torch: "x0.reshape(3, 2, 0)",
    },
    {
      name: "of booleans",
      inputs: [{ shape: [2, 2], dtype: "bool", range: [0, 1] }],
      build: (x) => reshape(x, [4]),
      torch: "x0.reshape(4)",
    },
  ],
} satisfies Record<string, readonly OpCase[]>;
