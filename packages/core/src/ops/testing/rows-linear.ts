/** Contract rows of matrix products. */

import { gemm, matmul } from "../index.js";
import type { OpCase } from "./case.js";

export const linearRows = {
  MatMul: [
    {
      name: "of one number",
      inputs: [{ shape: [1, 1] }, { shape: [1, 1] }],
      build: (a, b) => matmul(a, b),
      torch: "x0 @ x1",
    },
    {
      name: "of two matrices",
      inputs: [{ shape: [3, 4] }, { shape: [4, 5] }],
      build: (a, b) => matmul(a, b),
      torch: "x0 @ x1",
    },
    {
      name: "of a batch by one matrix",
      inputs: [{ shape: [2, 3, 4] }, { shape: [4, 5] }],
      build: (a, b) => matmul(a, b),
      torch: "x0 @ x1",
    },
    {
      name: "of one matrix by a batch",
      inputs: [{ shape: [3, 4] }, { shape: [2, 4, 5] }],
      build: (a, b) => matmul(a, b),
      torch: "x0 @ x1",
    },
    {
      name: "stretching both batches",
      inputs: [{ shape: [2, 1, 3, 4] }, { shape: [5, 4, 2] }],
      build: (a, b) => matmul(a, b),
      torch: "x0 @ x1",
    },
    {
      name: "of a matrix by a vector",
      inputs: [{ shape: [3, 4] }, { shape: [4] }],
      build: (a, b) => matmul(a, b),
      torch: "x0 @ x1",
    },
    {
      name: "of a vector by a batch",
      inputs: [{ shape: [4] }, { shape: [2, 4, 5] }],
      build: (a, b) => matmul(a, b),
      torch: "x0 @ x1",
    },
    {
      name: "of two vectors",
      inputs: [{ shape: [4] }, { shape: [4] }],
      build: (a, b) => matmul(a, b),
      torch: "x0 @ x1",
    },
    {
      name: "of no rows",
      inputs: [{ shape: [0, 4] }, { shape: [4, 2] }],
      build: (a, b) => matmul(a, b),
      torch: "x0 @ x1",
    },
    {
      name: "of an empty batch",
      inputs: [{ shape: [0, 3, 4] }, { shape: [4, 2] }],
      build: (a, b) => matmul(a, b),
      torch: "x0 @ x1",
    },
    {
      name: "of doubles",
      inputs: [
        { shape: [2, 3], dtype: "float64" },
        { shape: [3, 2], dtype: "float64" },
      ],
      build: (a, b) => matmul(a, b),
      torch: "x0 @ x1",
    },
    {
      name: "of integers",
      inputs: [
        { shape: [2, 3], dtype: "int32", range: [-9, 9] },
        { shape: [3, 2], dtype: "int32", range: [-9, 9] },
      ],
      build: (a, b) => matmul(a, b),
      torch: "x0 @ x1",
    },
  ],
  Gemm: [
    {
      name: "without c",
      inputs: [{ shape: [3, 4] }, { shape: [4, 2] }],
      build: (a, b) => gemm(a, b),
      torch: "x0 @ x1",
    },
    {
      name: "as a linear layer",
      inputs: [{ shape: [3, 4] }, { shape: [5, 4] }, { shape: [5] }],
      build: (x, w, c) => gemm(x, w, { transB: true, c }),
      torch: "torch.nn.functional.linear(x0, x1, x2)",
    },
    {
      name: "with the left side transposed, scaled",
      inputs: [{ shape: [4, 3] }, { shape: [4, 2] }, { shape: [3, 1] }],
      build: (a, b, c) => gemm(a, b, { transA: true, c, alpha: 0.5, beta: -2 }),
      torch: "0.5 * x0.T @ x1 - 2 * x2",
    },
    {
      name: "with both sides transposed",
      inputs: [{ shape: [4, 3] }, { shape: [2, 4] }, { shape: [3, 2] }],
      build: (a, b, c) => gemm(a, b, { transA: true, transB: true, c, alpha: 3 }),
      torch: "3 * x0.T @ x1.T + x2",
    },
    {
      name: "with a scalar c",
      inputs: [{ shape: [2, 3] }, { shape: [3, 2] }, { shape: [] }],
      build: (a, b, c) => gemm(a, b, { c }),
      torch: "x0 @ x1 + x2",
    },
    {
      name: "of no rows",
      inputs: [{ shape: [0, 4] }, { shape: [4, 2] }, { shape: [2] }],
      build: (a, b, c) => gemm(a, b, { c }),
      torch: "x0 @ x1 + x2",
    },
    {
      name: "of doubles",
      inputs: [
        { shape: [2, 3], dtype: "float64" },
        { shape: [2, 3], dtype: "float64" },
      ],
      build: (a, b) => gemm(a, b, { transB: true }),
      torch: "x0 @ x1.T",
    },
  ],
} satisfies Record<string, readonly OpCase[]>;
