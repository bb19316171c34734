/** Contract rows of softmax and its kin, of the norms and the channel ops. */

import {
  add,
  batchNorm,
  batchNormTraining,
  channelAffine,
  channelDot,
  channelMoments,
  channelSum,
  conv,
  groupNorm,
  layerNorm,
  logSoftmax,
  logSumExp,
  mul,
  softmax,
} from "../index.js";
import type { OpCase } from "./case.js";

const positive = (shape: readonly number[]) => ({ shape, range: [0.5, 2] as const });

export const normalisationRows = {
  Softmax: [
    {
      name: "of one value",
      inputs: [{ shape: [1] }],
      build: (x) => softmax(x),
      torch: "torch.softmax(x0, -1)",
    },
    {
      name: "along the last axis",
      inputs: [{ shape: [3, 5] }],
      build: (x) => softmax(x),
      torch: "torch.softmax(x0, -1)",
    },
    {
      name: "along a middle axis",
      inputs: [{ shape: [2, 3, 4] }],
      build: (x) => softmax(x, { axis: 1 }),
      torch: "torch.softmax(x0, 1)",
    },
    {
      name: "along the first axis, counted from the back",
      inputs: [{ shape: [3, 4] }],
      build: (x) => softmax(x, { axis: -2 }),
      torch: "torch.softmax(x0, 0)",
    },
    {
      name: "of values whose exponential overflows",
      inputs: [{ shape: [2, 3], values: [1000, 999, 998, -1000, -1001, -1005] }],
      build: (x) => softmax(x),
      torch: "torch.softmax(x0, -1)",
    },
    {
      name: "of an empty batch",
      inputs: [{ shape: [0, 3] }],
      build: (x) => softmax(x),
      torch: "torch.softmax(x0, -1)",
    },
    {
      name: "of doubles",
      inputs: [{ shape: [2, 3], dtype: "float64" }],
      build: (x) => softmax(x),
      torch: "torch.softmax(x0, -1)",
    },
  ],
  LogSoftmax: [
    {
      name: "along the last axis",
      inputs: [{ shape: [3, 5] }],
      build: (x) => logSoftmax(x),
      torch: "torch.log_softmax(x0, -1)",
    },
    {
      name: "along a middle axis",
      inputs: [{ shape: [2, 3, 4] }],
      build: (x) => logSoftmax(x, { axis: 1 }),
      torch: "torch.log_softmax(x0, 1)",
    },
    {
      name: "of values whose exponential overflows",
      inputs: [{ shape: [2, 3], values: [1000, 999, 998, -1000, -1001, -1005] }],
      build: (x) => logSoftmax(x),
      torch: "torch.log_softmax(x0, -1)",
    },
    {
      name: "of an empty batch",
      inputs: [{ shape: [0, 3] }],
      build: (x) => logSoftmax(x),
      torch: "torch.log_softmax(x0, -1)",
    },
  ],
  LogSumExp: [
    {
      name: "over the last axis",
      inputs: [{ shape: [3, 5] }],
      build: (x) => logSumExp(x, { axes: [-1] }),
      torch: "torch.logsumexp(x0, -1)",
    },
    {
      name: "over two axes, kept",
      inputs: [{ shape: [2, 3, 4] }],
      build: (x) => logSumExp(x, { axes: [0, 2], keepDims: true }),
      torch: "torch.logsumexp(x0, (0, 2), keepdim=True)",
    },
    {
      name: "over everything",
      inputs: [{ shape: [2, 3] }],
      build: (x) => logSumExp(x),
      torch: "torch.logsumexp(x0, (0, 1))",
    },
    {
      name: "of values whose exponential overflows",
      inputs: [{ shape: [2, 2], values: [1000, 999, -1000, -1001] }],
      build: (x) => logSumExp(x, { axes: [1] }),
      torch: "torch.logsumexp(x0, 1)",
    },
  ],
  LayerNormalization: [
    {
      name: "without scale and bias",
      inputs: [{ shape: [3, 6] }],
      build: (x) => layerNorm(x),
      torch: "torch.nn.functional.layer_norm(x0, (6,))",
    },
    {
      name: "with scale only",
      inputs: [{ shape: [3, 6] }, { shape: [6] }],
      build: (x, scale) => layerNorm(x, { scale }),
      torch: "torch.nn.functional.layer_norm(x0, (6,), x1)",
    },
    {
      name: "over two axes with scale and bias",
      inputs: [{ shape: [2, 3, 4] }, { shape: [3, 4] }, { shape: [3, 4] }],
      build: (x, scale, bias) => layerNorm(x, { scale, bias, axis: 1, epsilon: 1e-3 }),
      torch: "torch.nn.functional.layer_norm(x0, (3, 4), x1, x2, 1e-3)",
    },
    {
      name: "as group norm, scaled and shifted per channel",
      inputs: [{ shape: [2, 4, 3, 2] }, { shape: [4] }, { shape: [4] }],
      build: (x, scale, bias) => groupNorm(x, { groups: 2, scale, bias }),
      torch: "torch.nn.functional.group_norm(x0, 2, x1, x2)",
    },
    {
      name: "as group norm with a bias only",
      inputs: [{ shape: [2, 4, 3] }, { shape: [4] }],
      build: (x, bias) => groupNorm(x, { groups: 4, bias }),
      torch: "torch.nn.functional.group_norm(x0, 4, torch.ones_like(x1), x1)",
    },
    {
      name: "of an empty batch",
      inputs: [{ shape: [0, 4] }],
      build: (x) => layerNorm(x),
      torch: "torch.nn.functional.layer_norm(x0, (4,))",
    },
    {
      name: "of doubles",
      inputs: [{ shape: [3, 5], dtype: "float64" }],
      build: (x) => layerNorm(x),
      torch: "torch.nn.functional.layer_norm(x0, (5,))",
    },
  ],
  BatchNormalization: [
    {
      name: "of an image",
      inputs: [
        { shape: [2, 3, 4, 2] },
        { shape: [3] },
        { shape: [3] },
        { shape: [3] },
        positive([3]),
      ],
      build: (x, scale, bias, mean, variance) => batchNorm(x, { scale, bias, mean, variance }),
      torch:
        "(x0 - x3[:, None, None]) * torch.rsqrt(x4[:, None, None] + 1e-5) * x1[:, None, None] + x2[:, None, None]",
    },
    {
      name: "of a matrix with another epsilon",
      inputs: [{ shape: [4, 3] }, { shape: [3] }, { shape: [3] }, { shape: [3] }, positive([3])],
      build: (x, scale, bias, mean, variance) =>
        batchNorm(x, { scale, bias, mean, variance, epsilon: 0.1 }),
      torch: "(x0 - x3) * torch.rsqrt(x4 + 0.1) * x1 + x2",
    },
    {
      name: "along one axis",
      inputs: [{ shape: [2, 3, 5] }, { shape: [3] }, { shape: [3] }, { shape: [3] }, positive([3])],
      build: (x, scale, bias, mean, variance) => batchNorm(x, { scale, bias, mean, variance }),
      torch: "(x0 - x3[:, None]) * torch.rsqrt(x4[:, None] + 1e-5) * x1[:, None] + x2[:, None]",
    },
    {
      name: "of an empty batch",
      inputs: [
        { shape: [0, 3, 2, 2] },
        { shape: [3] },
        { shape: [3] },
        { shape: [3] },
        positive([3]),
      ],
      build: (x, scale, bias, mean, variance) => batchNorm(x, { scale, bias, mean, variance }),
      torch: "torch.nn.functional.batch_norm(x0, x3, x4, x1, x2)",
    },
  ],
  ChannelAffine: [
    {
      name: "with a scale only",
      inputs: [{ shape: [2, 3, 2, 2] }, { shape: [3] }],
      build: (x, scale) => channelAffine(x, scale),
      torch: "x0 * x1[:, None, None]",
    },
    {
      name: "with scale and shift, along one axis",
      inputs: [{ shape: [2, 3, 4] }, { shape: [3] }, { shape: [3] }],
      build: (x, scale, shift) => channelAffine(x, scale, { shift }),
      torch: "x0 * x1[:, None] + x2[:, None]",
    },
    {
      name: "with a residual and no shift, of a matrix",
      inputs: [{ shape: [4, 3] }, { shape: [3] }, { shape: [4, 3] }],
      build: (x, scale, residual) => channelAffine(x, scale, { residual }),
      torch: "x0 * x1 + x2",
    },
    {
      name: "with everything",
      inputs: [{ shape: [2, 3, 2, 2] }, { shape: [3] }, { shape: [3] }, { shape: [2, 3, 2, 2] }],
      build: (x, scale, shift, residual) => channelAffine(x, scale, { shift, residual }),
      torch: "x0 * x1[:, None, None] + x2[:, None, None] + x3",
    },
    {
      name: "with relu, on whole channel blocks",
      inputs: [
        { shape: [2, 16, 3, 2] },
        { shape: [16] },
        { shape: [16] },
        { shape: [2, 16, 3, 2] },
      ],
      build: (x, scale, shift, residual) =>
        channelAffine(x, scale, { shift, residual, relu: true }),
      torch: "torch.relu(x0 * x1[:, None, None] + x2[:, None, None] + x3)",
    },
    {
      name: "with relu and no shift, of a matrix",
      inputs: [{ shape: [4, 3] }, { shape: [3] }],
      build: (x, scale) => channelAffine(x, scale, { relu: true }),
      torch: "torch.relu(x0 * x1)",
    },
    {
      name: "after a convolution between whole channel blocks",
      inputs: [
        { shape: [2, 16, 3, 2] },
        { shape: [32, 16, 1, 1], range: [-0.5, 0.5] },
        { shape: [32] },
        { shape: [32] },
        { shape: [2, 32, 3, 2] },
      ],
      build: (x, w, scale, shift, residual) =>
        channelAffine(conv(x, w), scale, { shift, residual }),
      torch: "torch.nn.functional.conv2d(x0, x1) * x2[:, None, None] + x3[:, None, None] + x4",
    },
    {
      name: "of an empty batch",
      inputs: [{ shape: [0, 3, 2, 2] }, { shape: [3] }],
      build: (x, scale) => channelAffine(x, scale),
      torch: "x0 * x1[:, None, None]",
    },
  ],
  ChannelSum: [
    {
      name: "of whole channel blocks",
      inputs: [{ shape: [3, 16, 2, 3] }],
      build: (x) => channelSum(x),
      torch: "x0.sum((0, 2, 3))",
    },
    {
      name: "of an image",
      inputs: [{ shape: [2, 3, 4, 2] }],
      build: (x) => channelSum(x),
      torch: "x0.sum((0, 2, 3))",
    },
    {
      name: "of a matrix",
      inputs: [{ shape: [4, 3] }],
      build: (x) => channelSum(x),
      torch: "x0.sum(0)",
    },
    {
      name: "after a convolution between whole channel blocks",
      inputs: [{ shape: [2, 16, 3, 3] }, { shape: [32, 16, 1, 1], range: [-0.5, 0.5] }],
      build: (x, w) => channelSum(conv(x, w)),
      torch: "torch.nn.functional.conv2d(x0, x1).sum((0, 2, 3))",
    },
    {
      name: "of an empty batch",
      inputs: [{ shape: [0, 3, 2, 2] }],
      build: (x) => channelSum(x),
      torch: "x0.sum((0, 2, 3))",
    },
  ],
  ChannelDot: [
    {
      name: "of two images of whole channel blocks",
      inputs: [{ shape: [3, 16, 2, 3] }, { shape: [3, 16, 2, 3] }],
      build: (x, y) => channelDot(x, y),
      torch: "(x0 * x1).sum((0, 2, 3))",
    },
    {
      name: "of two images",
      inputs: [{ shape: [2, 3, 2, 3] }, { shape: [2, 3, 2, 3] }],
      build: (x, y) => channelDot(x, y),
      torch: "(x0 * x1).sum((0, 2, 3))",
    },
    {
      name: "of an image with itself",
      inputs: [{ shape: [2, 3, 4] }],
      build: (x) => channelDot(x, x),
      torch: "(x0 * x0).sum((0, 2))",
    },
    {
      name: "of matrices",
      inputs: [{ shape: [4, 3] }, { shape: [4, 3] }],
      build: (x, y) => channelDot(x, y),
      torch: "(x0 * x1).sum(0)",
    },
  ],
  ChannelMoments: [
    {
      name: "of whole channel blocks",
      inputs: [{ shape: [3, 16, 2, 3] }],
      build(x) {
        const { same, sum, squares } = channelMoments(x);
        return [same, sum, squares];
      },
      torch: "(x0, x0.sum((0, 2, 3)), (x0 * x0).sum((0, 2, 3)))",
    },
    {
      name: "of an image",
      inputs: [{ shape: [2, 3, 2, 3] }],
      build(x) {
        const { same, sum, squares } = channelMoments(x);
        return [same, sum, squares];
      },
      torch: "(x0 * 1, x0.sum((0, 2, 3)), (x0 * x0).sum((0, 2, 3)))",
    },
    {
      name: "of which only the sum is used",
      inputs: [{ shape: [4, 3] }],
      build: (x) => channelMoments(x).sum,
      torch: "x0.sum(0)",
    },
    {
      name: "as the sum added to the image",
      inputs: [{ shape: [2, 3] }],
      build(x) {
        const { same, sum } = channelMoments(x);
        return mul(same, sum);
      },
      torch: "x0 * x0.sum(0)",
    },
    {
      name: "as batch norm in training",
      inputs: [{ shape: [3, 2, 3, 2] }, { shape: [2] }, { shape: [2] }],
      build(x, scale, bias) {
        const { y, mean, variance } = batchNormTraining(x, { scale, bias });
        return [y, mean, variance];
      },
      torch:
        "(torch.nn.functional.batch_norm(x0, None, None, x1, x2, training=True), x0.mean((0, 2, 3)), x0.var((0, 2, 3), correction=0))",
    },
    {
      name: "as batch norm of a matrix",
      inputs: [{ shape: [5, 3] }, { shape: [3] }, { shape: [3] }],
      build: (x, scale, bias) => batchNormTraining(x, { scale, bias, epsilon: 0.01 }).y,
      torch: "torch.nn.functional.batch_norm(x0, None, None, x1, x2, training=True, eps=0.01)",
    },
    {
      name: "as batch norm with a residual between whole channel blocks",
      inputs: [
        { shape: [2, 16, 3, 2] },
        { shape: [32, 16, 1, 1], range: [-0.5, 0.5] },
        { shape: [32] },
        { shape: [32] },
      ],
      build(x, w, scale, bias) {
        const h = conv(x, w);
        return add(batchNormTraining(h, { scale, bias }).y, h);
      },
      torch:
        "(lambda h: torch.nn.functional.batch_norm(h, None, None, x2, x3, training=True) + h)(torch.nn.functional.conv2d(x0, x1))",
    },
  ],
} satisfies Record<string, readonly OpCase[]>;
