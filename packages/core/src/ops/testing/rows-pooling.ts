/** Contract rows of the pooling ops. */

import type { Value } from "../../graph/index.js";
import {
  averagePool,
  averagePoolGradient,
  globalAveragePool,
  maxPool,
  maxPoolGradient,
  maxPoolIndices,
  type PoolOptions,
} from "../index.js";
import type { OpCase } from "./case.js";

/** Distinct values in a shuffled order, so that no finite difference meets a tie. */
const distinct = (shape: readonly number[]) => {
  const count = shape.reduce((n, d) => n * d, 1);
  // 7 and 101 are primes: a full cycle wherever neither divides the count's own factors.
  return { shape, values: Array.from({ length: count }, (_, i) => ((i * 101) % (count + 1)) / 7) };
};

/** Equal values: the first one wins. */
const ties = (shape: readonly number[]) => ({
  shape,
  values: Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => (i % 3 === 0 ? 0 : 1)),
});

const flatAtTies = { skip: "largest values are equal: not differentiable there" };

const tile = {
  kernel: [2, 2],
  strides: [2, 2],
  pads: [0, 0, 0, 0],
  dilations: [1, 1],
  ceil: false,
};

/** MaxPool's gradient in PyTorch: unpooling by its indices, overlapping windows added. */
const unpool = (options: string) =>
  `(lambda p: torch.zeros_like(x0).flatten(2).scatter_add(2, p[1].flatten(2), x1.flatten(2)).view_as(x0))(torch.nn.functional.max_pool2d(x0, ${options}, return_indices=True))`;

const indicesOf = (x: Value, options: PoolOptions) => maxPoolIndices(x, options);

export const poolingRows = {
  MaxPool: [
    {
      name: "of one pixel",
      inputs: [{ shape: [1, 1, 1, 1] }],
      build: (x) => maxPool(x, { kernel: 1 }),
      torch: "torch.nn.functional.max_pool2d(x0, 1)",
    },
    {
      name: "over tiles",
      inputs: [distinct([2, 3, 4, 6])],
      build: (x) => maxPool(x, { kernel: 2 }),
      torch: "torch.nn.functional.max_pool2d(x0, 2)",
    },
    {
      name: "over overlapping windows with padding",
      inputs: [distinct([2, 2, 7, 5])],
      build: (x) => maxPool(x, { kernel: 3, strides: 2, pads: 1 }),
      torch: "torch.nn.functional.max_pool2d(x0, 3, 2, 1)",
    },
    {
      name: "of negative values with padding",
      inputs: [{ shape: [1, 1, 3, 3], range: [-9, -3] }],
      build: (x) => maxPool(x, { kernel: 2, strides: 1, pads: 1 }),
      torch: "torch.nn.functional.max_pool2d(x0, 2, 1, 1)",
    },
    {
      name: "with the last windows over the edge",
      inputs: [distinct([1, 2, 6, 5])],
      build: (x) => maxPool(x, { kernel: 3, strides: 2, ceilMode: true }),
      torch: "torch.nn.functional.max_pool2d(x0, 3, 2, ceil_mode=True)",
    },
    {
      name: "where rounding up would begin a window in the padding",
      inputs: [distinct([1, 1, 4, 5])],
      build: (x) => maxPool(x, { kernel: 2, strides: 3, pads: 1, ceilMode: true }),
      torch: "torch.nn.functional.max_pool2d(x0, 2, 3, 1, ceil_mode=True)",
    },
    {
      name: "with dilation and unequal sides",
      inputs: [distinct([1, 2, 7, 8])],
      build: (x) =>
        maxPool(x, { kernel: [2, 3], strides: [1, 2], dilations: [3, 2], pads: [1, 1, 1, 1] }),
      torch: "torch.nn.functional.max_pool2d(x0, (2, 3), (1, 2), 1, (3, 2))",
    },
    {
      name: "with other pads on every side",
      inputs: [distinct([1, 1, 4, 4])],
      build: (x) => maxPool(x, { kernel: 3, strides: 1, pads: [2, 0, 1, 1] }),
      torch:
        "torch.nn.functional.max_pool2d(torch.nn.functional.pad(x0, (0, 1, 2, 1), value=-1e9), 3, 1)",
    },
    {
      name: "along one axis",
      inputs: [distinct([2, 3, 9])],
      build: (x) => maxPool(x, { kernel: 3, strides: 2 }),
      torch: "torch.nn.functional.max_pool1d(x0, 3, 2)",
    },
    {
      name: "of equal values",
      inputs: [ties([1, 2, 4, 4])],
      build: (x) => maxPool(x, { kernel: 2 }),
      torch: "torch.nn.functional.max_pool2d(x0, 2)",
      gradient: flatAtTies,
    },
    {
      name: "of an empty batch",
      inputs: [{ shape: [0, 2, 4, 4] }],
      build: (x) => maxPool(x, { kernel: 2 }),
      torch: "x0[:, :, ::2, ::2]",
    },
    {
      name: "of doubles",
      inputs: [{ ...distinct([1, 1, 4, 4]), dtype: "float64" }],
      build: (x) => maxPool(x, { kernel: 2 }),
      torch: "torch.nn.functional.max_pool2d(x0, 2)",
    },
  ],
  MaxPoolIndices: [
    {
      name: "over tiles",
      inputs: [distinct([2, 3, 4, 4])],
      build: (x) => indicesOf(x, { kernel: 2 }),
      torch: "torch.nn.functional.max_pool2d(x0, 2, return_indices=True)[1]",
    },
    {
      name: "of equal values",
      inputs: [ties([2, 2, 5, 4])],
      build: (x) => indicesOf(x, { kernel: 3, strides: 1, pads: 1 }),
      torch: "torch.nn.functional.max_pool2d(x0, 3, 1, 1, return_indices=True)[1]",
    },
    {
      name: "along one axis",
      inputs: [distinct([2, 2, 7])],
      build: (x) => indicesOf(x, { kernel: 2 }),
      torch: "torch.nn.functional.max_pool1d(x0, 2, return_indices=True)[1]",
    },
  ],
  MaxPoolGradient: [
    {
      name: "over tiles",
      inputs: [distinct([2, 3, 4, 6]), { shape: [2, 3, 2, 3] }],
      build: (x, g) => maxPoolGradient(x, g, tile),
      torch: unpool("2"),
    },
    {
      name: "of equal values over tiles",
      inputs: [ties([2, 2, 4, 4]), { shape: [2, 2, 2, 2] }],
      build: (x, g) => maxPoolGradient(x, g, tile),
      torch: unpool("2"),
      gradient: [1],
    },
    {
      name: "of equal values over overlapping windows",
      inputs: [ties([1, 2, 5, 5]), { shape: [1, 2, 5, 5] }],
      build: (x, g) =>
        maxPoolGradient(x, g, { ...tile, kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] }),
      torch: unpool("3, 1, 1"),
      gradient: [1],
    },
    {
      name: "over tiles that do not cover the image",
      inputs: [distinct([1, 2, 5, 5]), { shape: [1, 2, 2, 2] }],
      build: (x, g) => maxPoolGradient(x, g, tile),
      torch: unpool("2"),
    },
    {
      name: "of equal values over tiles of whole channel blocks",
      inputs: [ties([2, 16, 4, 6]), { shape: [2, 16, 2, 2] }],
      build: (x, g) => maxPoolGradient(x, g, { ...tile, kernel: [2, 3], strides: [2, 3] }),
      torch: unpool("(2, 3)"),
      gradient: [1],
    },
    {
      name: "over tiles of whole channel blocks",
      inputs: [distinct([1, 32, 2, 4]), { shape: [1, 32, 1, 2] }],
      build: (x, g) => maxPoolGradient(x, g, tile),
      torch: unpool("2"),
    },
    {
      name: "over tiles of three",
      inputs: [distinct([1, 2, 6, 3]), { shape: [1, 2, 2, 1] }],
      build: (x, g) => maxPoolGradient(x, g, { ...tile, kernel: [3, 3], strides: [3, 3] }),
      torch: unpool("3"),
    },
    {
      name: "along one axis",
      inputs: [distinct([1, 2, 6]), { shape: [1, 2, 3] }],
      build: (x, g) =>
        maxPoolGradient(x, g, {
          kernel: [2],
          strides: [2],
          pads: [0, 0],
          dilations: [1],
          ceil: false,
        }),
    },
  ],
  AveragePool: [
    {
      name: "of one pixel",
      inputs: [{ shape: [1, 1, 1, 1] }],
      build: (x) => averagePool(x, { kernel: 1 }),
      torch: "torch.nn.functional.avg_pool2d(x0, 1)",
    },
    {
      name: "over tiles",
      inputs: [{ shape: [2, 3, 4, 6] }],
      build: (x) => averagePool(x, { kernel: 2 }),
      torch: "torch.nn.functional.avg_pool2d(x0, 2)",
    },
    {
      name: "over tiles that do not cover the image",
      inputs: [{ shape: [2, 1, 5, 5] }],
      build: (x) => averagePool(x, { kernel: 2 }),
      torch: "torch.nn.functional.avg_pool2d(x0, 2)",
    },
    {
      name: "without counting the padding",
      inputs: [{ shape: [2, 2, 7, 5] }],
      build: (x) => averagePool(x, { kernel: 3, strides: 2, pads: 1 }),
      torch: "torch.nn.functional.avg_pool2d(x0, 3, 2, 1, count_include_pad=False)",
    },
    {
      name: "counting the padding",
      inputs: [{ shape: [2, 2, 7, 5] }],
      build: (x) => averagePool(x, { kernel: 3, strides: 2, pads: 1, countIncludePad: true }),
      torch: "torch.nn.functional.avg_pool2d(x0, 3, 2, 1)",
    },
    {
      name: "with the last windows over the edge",
      inputs: [{ shape: [1, 2, 6, 5] }],
      build: (x) => averagePool(x, { kernel: 3, strides: 2, ceilMode: true }),
      torch: "torch.nn.functional.avg_pool2d(x0, 3, 2, ceil_mode=True)",
    },
    {
      name: "with the last windows over the edge, counting the padding",
      inputs: [{ shape: [1, 2, 6, 5] }],
      build: (x) =>
        averagePool(x, { kernel: 3, strides: 2, pads: 1, ceilMode: true, countIncludePad: true }),
      torch: "torch.nn.functional.avg_pool2d(x0, 3, 2, 1, ceil_mode=True)",
    },
    {
      name: "where rounding up would begin a window in the padding",
      inputs: [{ shape: [1, 1, 4, 5] }],
      build: (x) => averagePool(x, { kernel: 2, strides: 3, pads: 1, ceilMode: true }),
      torch: "torch.nn.functional.avg_pool2d(x0, 2, 3, 1, ceil_mode=True, count_include_pad=False)",
    },
    {
      name: "with dilation",
      inputs: [{ shape: [1, 2, 6, 6] }],
      build: (x) => averagePool(x, { kernel: 2, strides: 1, dilations: 3, pads: 1 }),
    },
    {
      name: "along one axis",
      inputs: [{ shape: [2, 3, 9] }],
      build: (x) => averagePool(x, { kernel: 3, strides: 2, pads: 1, countIncludePad: true }),
      torch: "torch.nn.functional.avg_pool1d(x0, 3, 2, 1)",
    },
    {
      name: "of an empty batch",
      inputs: [{ shape: [0, 2, 4, 4] }],
      build: (x) => averagePool(x, { kernel: 2 }),
      torch: "x0[:, :, ::2, ::2]",
    },
  ],
  AveragePoolGradient: [
    {
      name: "over tiles",
      inputs: [{ shape: [2, 3, 2, 3] }],
      build: (g) => averagePoolGradient(g, { ...tile, countIncludePad: false, size: [4, 6] }),
      torch: "torch.nn.functional.interpolate(x0, scale_factor=2) / 4",
    },
    {
      name: "over tiles of whole channel blocks",
      inputs: [{ shape: [2, 16, 2, 3] }],
      build: (g) => averagePoolGradient(g, { ...tile, countIncludePad: false, size: [4, 6] }),
      torch: "torch.nn.functional.interpolate(x0, scale_factor=2) / 4",
    },
    {
      name: "over overlapping windows",
      inputs: [{ shape: [1, 2, 3, 3] }],
      build: (g) =>
        averagePoolGradient(g, {
          ...tile,
          kernel: [3, 3],
          pads: [1, 1, 1, 1],
          countIncludePad: false,
          size: [5, 6],
        }),
    },
  ],
  GlobalAveragePool: [
    {
      name: "of an image",
      inputs: [{ shape: [2, 3, 5, 4] }],
      build: (x) => globalAveragePool(x),
      torch: "x0.mean((2, 3), keepdim=True)",
    },
    {
      name: "of whole channel blocks",
      inputs: [{ shape: [2, 32, 2, 2] }],
      build: (x) => globalAveragePool(x),
      torch: "x0.mean((2, 3), keepdim=True)",
    },
    {
      name: "along one axis",
      inputs: [{ shape: [2, 3, 5] }],
      build: (x) => globalAveragePool(x),
      torch: "x0.mean(2, keepdim=True)",
    },
    {
      name: "of an empty batch",
      inputs: [{ shape: [0, 3, 2, 2] }],
      build: (x) => globalAveragePool(x),
      torch: "x0.mean((2, 3), keepdim=True)",
    },
  ],
} satisfies Record<string, readonly OpCase[]>;
