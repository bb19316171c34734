/** Contract rows of ops that read or write where indices say. */

import {
  argMax,
  gather,
  gatherElements,
  oneHot,
  reduceSum,
  scatterElements,
  topK,
} from "../index.js";
import type { OpCase } from "./case.js";

export const indexingRows = {
  Gather: [
    {
      name: "of rows, some twice",
      inputs: [{ shape: [4, 3] }, { shape: [3], dtype: "int64", values: [2, 0, 2] }],
      build: (x, i) => gather(x, i),
      torch: "x0[x1]",
    },
    {
      name: "along the last axis, with a matrix of indices",
      inputs: [{ shape: [2, 5] }, { shape: [2, 2], dtype: "int32", values: [0, 4, 1, 0] }],
      build: (x, i) => gather(x, i, { axis: -1 }),
      torch: "x0[:, x1]",
    },
    {
      name: "with one index",
      inputs: [{ shape: [3, 2] }, { shape: [], dtype: "int64", values: [1] }],
      build: (x, i) => gather(x, i),
      torch: "x0[x1]",
    },
    {
      name: "counted from the back",
      inputs: [{ shape: [3, 2, 2] }, { shape: [2], dtype: "int64", values: [-1, -3] }],
      build: (x, i) => gather(x, i, { axis: 0 }),
      torch: "x0[x1]",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [3, 2] }, { shape: [0], dtype: "int64", values: [] }],
      build: (x, i) => gather(x, i),
      torch: "x0[x1]",
    },
    {
      name: "of int32",
      inputs: [
        { shape: [4], dtype: "int32" },
        { shape: [2], dtype: "int64", values: [3, 3] },
      ],
      build: (x, i) => gather(x, i),
      torch: "x0[x1]",
    },
  ],
  GatherElements: [
    {
      name: "one of each row",
      inputs: [{ shape: [3, 4] }, { shape: [3, 1], dtype: "int64", values: [0, 3, 3] }],
      build: (x, i) => gatherElements(x, i, { axis: 1 }),
      torch: "x0.gather(1, x1)",
    },
    {
      name: "along the first axis, some twice",
      inputs: [
        { shape: [3, 4] },
        { shape: [2, 4], dtype: "int64", values: [0, 1, 2, 0, 0, 2, 2, 1] },
      ],
      build: (x, i) => gatherElements(x, i, { axis: 0 }),
      torch: "x0.gather(0, x1)",
    },
    {
      name: "of fewer lines than there are",
      inputs: [{ shape: [3, 4] }, { shape: [2, 2], dtype: "int32", values: [0, 3, 3, 3] }],
      build: (x, i) => gatherElements(x, i, { axis: 1 }),
      torch: "x0.gather(1, x1.long())",
    },
    {
      name: "counted from the back",
      inputs: [{ shape: [2, 3] }, { shape: [2, 1], dtype: "int64", values: [-1, -3] }],
      build: (x, i) => gatherElements(x, i, { axis: 1 }),
      torch: "x0.gather(1, x1 + 3)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [2, 3] }, { shape: [2, 0], dtype: "int64", values: [] }],
      build: (x, i) => gatherElements(x, i, { axis: 1 }),
      torch: "x0.gather(1, x1)",
    },
  ],
  ScatterElements: [
    {
      name: "replacing",
      inputs: [
        { shape: [2, 4] },
        { shape: [2, 2], dtype: "int64", values: [0, 3, 2, 1] },
        { shape: [2, 2] },
      ],
      build: (x, i, u) => scatterElements(x, i, u, { axis: 1 }),
      torch: "x0.scatter(1, x1, x2)",
    },
    {
      name: "replacing along the first axis",
      inputs: [
        { shape: [3, 2] },
        { shape: [1, 2], dtype: "int32", values: [2, 0] },
        { shape: [1, 2] },
      ],
      build: (x, i, u) => scatterElements(x, i, u, { axis: 0 }),
      torch: "x0.scatter(0, x1.long(), x2)",
    },
    {
      name: "adding, some twice",
      inputs: [
        { shape: [2, 4] },
        { shape: [2, 3], dtype: "int64", values: [0, 0, 3, 2, 2, 2] },
        { shape: [2, 3] },
      ],
      build: (x, i, u) => scatterElements(x, i, u, { axis: 1, reduction: "add" }),
      torch: "x0.scatter_add(1, x1, x2)",
    },
    {
      name: "counted from the back",
      inputs: [
        { shape: [2, 4] },
        { shape: [2, 1], dtype: "int64", values: [-1, -4] },
        { shape: [2, 1] },
      ],
      build: (x, i, u) => scatterElements(x, i, u, { axis: 1, reduction: "add" }),
      torch: "x0.scatter_add(1, x1 + 4 * (x1 < 0), x2)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [2, 4] }, { shape: [2, 0], dtype: "int64", values: [] }, { shape: [2, 0] }],
      build: (x, i, u) => scatterElements(x, i, u, { axis: 1, reduction: "add" }),
      torch: "x0.scatter_add(1, x1, x2)",
    },
    {
      name: "of int64",
      inputs: [
        { shape: [2, 4], dtype: "int64" },
        { shape: [2, 2], dtype: "int64", values: [0, 3, 2, 1] },
        { shape: [2, 2], dtype: "int64" },
      ],
      build: (x, i, u) => scatterElements(x, i, u, { axis: 1, reduction: "add" }),
      torch: "x0.scatter_add(1, x1, x2)",
    },
  ],
  OneHot: [
    {
      name: "of labels",
      inputs: [{ shape: [4], dtype: "int32", values: [0, 2, 1, 2] }],
      build: (i) => oneHot(i, { depth: 3 }),
      torch: "torch.nn.functional.one_hot(x0.long(), 3).to(torch.float32)",
    },
    {
      name: "of 64-bit labels, as integers",
      inputs: [{ shape: [4], dtype: "int64", values: [0, 2, 1, 2] }],
      build: (i) => oneHot(i, { depth: 4, dtype: "int32" }),
      torch: "torch.nn.functional.one_hot(x0.long(), 4).to(torch.int32)",
    },
    {
      name: "as truth values",
      inputs: [{ shape: [2], dtype: "int64", values: [1, 0] }],
      build: (i) => oneHot(i, { depth: 2, dtype: "bool" }),
      torch: "torch.nn.functional.one_hot(x0.long(), 2).to(torch.bool)",
    },
    {
      name: "along the first axis",
      inputs: [{ shape: [2, 3], dtype: "int64", values: [0, 1, 2, 2, 1, 0] }],
      build: (i) => oneHot(i, { depth: 3, axis: 0 }),
      torch: "torch.nn.functional.one_hot(x0.long(), 3).to(torch.float32).permute(2, 0, 1)",
    },
    {
      name: "counted from the back, and out of range",
      inputs: [{ shape: [4], dtype: "int64", values: [-1, -3, 3, -4] }],
      build: (i) => oneHot(i, { depth: 3 }),
    },
    {
      name: "of one index",
      inputs: [{ shape: [], dtype: "int32", values: [1] }],
      build: (i) => oneHot(i, { depth: 2 }),
      torch: "torch.nn.functional.one_hot(x0.long(), 2).to(torch.float32)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0], dtype: "int32", values: [] }],
      build: (i) => oneHot(i, { depth: 2 }),
    },
  ],
  TopK: [
    {
      name: "two of five",
      inputs: [{ shape: [3, 5] }],
      build: (x) => {
        const { values, indices } = topK(x, { k: 2 });
        return [values, indices];
      },
      torch: "tuple(x0.topk(2))",
    },
    {
      name: "the smallest, along the first axis",
      inputs: [{ shape: [4, 2] }],
      build: (x) => {
        const { values, indices } = topK(x, { k: 3, axis: 0, largest: false });
        return [values, indices];
      },
      torch: "tuple(x0.topk(3, 0, False))",
    },
    {
      name: "all of them",
      inputs: [{ shape: [2, 4] }],
      build: (x) => {
        const { values, indices } = topK(x, { k: 4 });
        return [values, indices];
      },
      torch: "tuple(x0.topk(4))",
    },
    {
      name: "with ties, the first wins",
      inputs: [{ shape: [2, 4], values: [1, 3, 3, 1, 2, 2, 2, 2] }],
      build: (x) => {
        const { values, indices } = topK(x, { k: 3 });
        return [values, indices];
      },
      gradient: { skip: "which of equal elements counts is decided by order" },
    },
    {
      name: "unsorted, summed",
      inputs: [{ shape: [2, 6] }],
      build: (x) => reduceSum(topK(x, { k: 3, sorted: false }).values, { axes: [1] }),
      torch: "x0.topk(3)[0].sum(1)",
    },
    {
      name: "of no rows",
      inputs: [{ shape: [0, 4] }],
      build: (x) => {
        const { values, indices } = topK(x, { k: 2 });
        return [values, indices];
      },
      torch: "tuple(x0.topk(2))",
    },
    {
      name: "of int32",
      inputs: [{ shape: [6], dtype: "int32", values: [5, -1, 7, 0, 9, 2] }],
      build: (x) => {
        const { values, indices } = topK(x, { k: 2 });
        return [values, indices];
      },
      torch: "tuple(x0.topk(2))",
    },
  ],
  ArgMax: [
    {
      name: "of rows",
      inputs: [{ shape: [3, 5] }],
      build: (x) => argMax(x, { axis: 1 }),
      torch: "x0.argmax(1)",
    },
    {
      name: "along the first axis, kept",
      inputs: [{ shape: [3, 2] }],
      build: (x) => argMax(x, { axis: -2, keepDims: true }),
      torch: "x0.argmax(0, keepdim=True)",
    },
    {
      name: "with ties, the first wins",
      inputs: [{ shape: [2, 3], values: [1, 2, 2, 0, 0, 0] }],
      build: (x) => argMax(x, { axis: 1 }),
    },
    {
      name: "of no rows",
      inputs: [{ shape: [0, 3] }],
      build: (x) => argMax(x, { axis: 1 }),
      torch: "x0.argmax(1)",
    },
    {
      name: "of int32",
      inputs: [{ shape: [5], dtype: "int32", values: [4, -1, 9, 3, 9] }],
      build: (x) => argMax(x, { axis: 0 }),
    },
  ],
} satisfies Record<string, readonly OpCase[]>;
