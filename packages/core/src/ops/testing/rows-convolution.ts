/** Contract rows of the convolution ops. */

import {
  add,
  averagePool,
  conv,
  convInputGradient,
  convTranspose,
  convWeightGradient,
  globalAveragePool,
  maxPool,
  mul,
  relu,
} from "../index.js";
import type { OpCase } from "./case.js";

/** What all gradient rows with equal geometry share. */
const plain = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], groups: 1 };

/** Cases that exist for their lowerings: too many elements for central differences. */
const large = { skip: "slopes are checked on the small cases" } as const;

export const convolutionRows = {
  Conv: [
    {
      name: "of one pixel",
      inputs: [{ shape: [1, 1, 1, 1] }, { shape: [1, 1, 1, 1] }],
      build: (x, w) => conv(x, w),
      torch: "torch.nn.functional.conv2d(x0, x1)",
    },
    {
      name: "with bias and padding",
      inputs: [{ shape: [2, 3, 5, 4] }, { shape: [4, 3, 3, 3] }, { shape: [4] }],
      build: (x, w, bias) => conv(x, w, { bias, pads: 1 }),
      torch: "torch.nn.functional.conv2d(x0, x1, x2, padding=1)",
    },
    {
      name: "with stride 2 over an odd image",
      inputs: [{ shape: [2, 2, 7, 5] }, { shape: [3, 2, 3, 3] }],
      build: (x, w) => conv(x, w, { strides: 2, pads: 1 }),
      torch: "torch.nn.functional.conv2d(x0, x1, stride=2, padding=1)",
    },
    {
      name: "with stride 2 over an even image, of which a row is left over",
      inputs: [{ shape: [1, 2, 6, 8] }, { shape: [3, 2, 3, 3] }],
      build: (x, w) => conv(x, w, { strides: 2 }),
      torch: "torch.nn.functional.conv2d(x0, x1, stride=2)",
    },
    {
      name: "of single pixels with stride 2",
      inputs: [{ shape: [2, 3, 4, 4] }, { shape: [5, 3, 1, 1] }],
      build: (x, w) => conv(x, w, { strides: 2 }),
      torch: "torch.nn.functional.conv2d(x0, x1, stride=2)",
    },
    {
      name: "with other strides, dilations and kernel sizes each way",
      inputs: [{ shape: [1, 2, 9, 8] }, { shape: [2, 2, 2, 3] }],
      build: (x, w) => conv(x, w, { strides: [2, 1], dilations: [3, 2], pads: [1, 2, 1, 2] }),
      torch: "torch.nn.functional.conv2d(x0, x1, stride=(2, 1), dilation=(3, 2), padding=(1, 2))",
    },
    {
      name: "with other pads on every side",
      inputs: [{ shape: [2, 1, 4, 5] }, { shape: [2, 1, 3, 2] }],
      build: (x, w) => conv(x, w, { pads: [2, 0, 1, 1] }),
      torch: "torch.nn.functional.conv2d(torch.nn.functional.pad(x0, (0, 1, 2, 1)), x1)",
    },
    {
      name: "with more padding than the kernel reaches",
      inputs: [{ shape: [1, 1, 3, 3] }, { shape: [1, 1, 2, 2] }],
      build: (x, w) => conv(x, w, { pads: 3 }),
      torch: "torch.nn.functional.conv2d(x0, x1, padding=3)",
    },
    {
      name: "in two groups",
      inputs: [{ shape: [2, 4, 5, 5] }, { shape: [6, 2, 3, 3] }, { shape: [6] }],
      build: (x, w, bias) => conv(x, w, { bias, groups: 2, pads: 1, strides: 2 }),
      torch: "torch.nn.functional.conv2d(x0, x1, x2, groups=2, padding=1, stride=2)",
    },
    {
      name: "depthwise",
      inputs: [{ shape: [2, 4, 5, 4] }, { shape: [4, 1, 3, 3] }],
      build: (x, w) => conv(x, w, { groups: 4, pads: 1 }),
      torch: "torch.nn.functional.conv2d(x0, x1, groups=4, padding=1)",
    },
    {
      name: "depthwise with two filters a channel",
      inputs: [{ shape: [1, 3, 4, 4] }, { shape: [6, 1, 2, 2] }],
      build: (x, w) => conv(x, w, { groups: 3 }),
      torch: "torch.nn.functional.conv2d(x0, x1, groups=3)",
    },
    {
      name: "along one axis",
      inputs: [{ shape: [2, 3, 9] }, { shape: [4, 3, 3] }, { shape: [4] }],
      build: (x, w, bias) => conv(x, w, { bias, strides: 2, dilations: 2, pads: [1, 2] }),
      torch:
        "torch.nn.functional.conv1d(torch.nn.functional.pad(x0, (1, 2)), x1, x2, stride=2, dilation=2)",
    },
    {
      name: "along one axis in groups",
      inputs: [{ shape: [2, 4, 6] }, { shape: [4, 2, 3] }],
      build: (x, w) => conv(x, w, { groups: 2, pads: 1 }),
      torch: "torch.nn.functional.conv1d(x0, x1, groups=2, padding=1)",
    },
    {
      name: "between whole channel blocks",
      inputs: [{ shape: [2, 16, 3, 3] }, { shape: [32, 16, 3, 3] }, { shape: [32] }],
      build: (x, w, bias) => conv(x, w, { bias, pads: 1 }),
      torch: "torch.nn.functional.conv2d(x0, x1, x2, padding=1)",
    },
    {
      name: "between whole channel blocks with stride 2",
      inputs: [{ shape: [2, 16, 5, 4] }, { shape: [16, 16, 3, 3] }],
      build: (x, w) => conv(x, w, { pads: 1, strides: 2 }),
      torch: "torch.nn.functional.conv2d(x0, x1, padding=1, stride=2)",
    },
    {
      name: "between whole channel blocks, then a value a channel added and a row of numbers multiplied",
      inputs: [
        { shape: [2, 16, 3, 2] },
        { shape: [32, 16, 1, 1], range: [-0.5, 0.5] },
        { shape: [32, 1, 1] },
        { shape: [2] },
      ],
      build: (x, w, bias, row) => mul(add(conv(x, w), bias), row),
      torch: "(torch.nn.functional.conv2d(x0, x1) + x2) * x3",
    },
    {
      name: "between whole channel blocks, as a pooled residual block",
      inputs: [
        { shape: [2, 16, 4, 4] },
        { shape: [16, 16, 3, 3], range: [-0.3, 0.3] },
        { shape: [16, 16, 3, 3], range: [-0.3, 0.3] },
      ],
      build(x, w, v) {
        const h = relu(conv(x, w, { pads: 1 }));
        return globalAveragePool(averagePool(add(conv(h, v, { pads: 1 }), h), { kernel: 2 }));
      },
      torch:
        "(lambda h: torch.nn.functional.avg_pool2d(torch.nn.functional.conv2d(h, x2, padding=1) + h, 2).mean((2, 3), keepdim=True))(torch.relu(torch.nn.functional.conv2d(x0, x1, padding=1)))",
    },
    {
      name: "between whole channel blocks, then the largest of overlapping windows",
      inputs: [{ shape: [2, 16, 5, 5] }, { shape: [16, 16, 1, 1], range: [-0.3, 0.3] }],
      build: (x, w) => maxPool(conv(x, w), { kernel: 3, strides: 2, pads: 1 }),
      torch: "torch.nn.functional.max_pool2d(torch.nn.functional.conv2d(x0, x1), 3, 2, 1)",
    },
    {
      name: "from few channels to a whole block",
      inputs: [{ shape: [2, 3, 4, 4] }, { shape: [16, 3, 3, 3] }],
      build: (x, w) => conv(x, w, { pads: 1 }),
      torch: "torch.nn.functional.conv2d(x0, x1, padding=1)",
    },
    {
      name: "of an empty batch",
      inputs: [{ shape: [0, 2, 4, 4] }, { shape: [3, 2, 3, 3] }],
      build: (x, w) => conv(x, w),
      torch: "torch.nn.functional.conv2d(x0, x1)",
    },
  ],
  ConvTranspose: [
    {
      name: "of one pixel",
      inputs: [{ shape: [1, 1, 1, 1] }, { shape: [1, 1, 2, 2] }],
      build: (x, w) => convTranspose(x, w),
      torch: "torch.nn.functional.conv_transpose2d(x0, x1)",
    },
    {
      name: "with stride 2 between whole channel blocks",
      inputs: [
        { shape: [2, 16, 3, 5], range: [-1, 1] },
        { shape: [16, 32, 3, 3], range: [-1, 1] },
      ],
      build: (x, w) => convTranspose(x, w, { strides: 2, pads: 1, outputPadding: 1 }),
      gradient: large,
      torch: "torch.nn.functional.conv_transpose2d(x0, x1, stride=2, padding=1, output_padding=1)",
    },
    {
      name: "with stride 2 and an even kernel between whole channel blocks",
      inputs: [
        { shape: [2, 16, 3, 2], range: [-1, 1] },
        { shape: [16, 16, 4, 4], range: [-1, 1] },
      ],
      build: (x, w) => convTranspose(x, w, { strides: 2, pads: 1 }),
      gradient: large,
      torch: "torch.nn.functional.conv_transpose2d(x0, x1, stride=2, padding=1)",
    },
    {
      name: "of single pixels with stride 2 between whole channel blocks",
      inputs: [
        { shape: [2, 16, 3, 5], range: [-1, 1] },
        { shape: [16, 32, 1, 1], range: [-1, 1] },
      ],
      build: (x, w) => convTranspose(x, w, { strides: 2, outputPadding: 1 }),
      gradient: large,
      torch: "torch.nn.functional.conv_transpose2d(x0, x1, stride=2, output_padding=1)",
    },
    {
      name: "with stride 2 and bias",
      inputs: [{ shape: [2, 3, 3, 2] }, { shape: [3, 4, 2, 2] }, { shape: [4] }],
      build: (x, w, bias) => convTranspose(x, w, { bias, strides: 2 }),
      torch: "torch.nn.functional.conv_transpose2d(x0, x1, x2, stride=2)",
    },
    {
      name: "with stride 1 and padding",
      inputs: [{ shape: [2, 3, 4, 5] }, { shape: [3, 2, 3, 3] }, { shape: [2] }],
      build: (x, w, bias) => convTranspose(x, w, { bias, pads: 1 }),
      torch: "torch.nn.functional.conv_transpose2d(x0, x1, x2, padding=1)",
    },
    {
      name: "with output padding and dilation",
      inputs: [{ shape: [1, 2, 3, 4] }, { shape: [2, 3, 3, 2] }],
      build: (x, w) =>
        convTranspose(x, w, { strides: [2, 3], pads: 1, dilations: 2, outputPadding: [1, 2] }),
      torch:
        "torch.nn.functional.conv_transpose2d(x0, x1, stride=(2, 3), padding=1, dilation=2, output_padding=(1, 2))",
    },
    {
      name: "in two groups",
      inputs: [{ shape: [2, 4, 3, 3] }, { shape: [4, 3, 3, 3] }, { shape: [6] }],
      build: (x, w, bias) => convTranspose(x, w, { bias, groups: 2, pads: 1 }),
      torch: "torch.nn.functional.conv_transpose2d(x0, x1, x2, groups=2, padding=1)",
    },
    {
      name: "with stride 2 in groups",
      inputs: [{ shape: [1, 4, 3, 3] }, { shape: [4, 1, 3, 3] }],
      build: (x, w) => convTranspose(x, w, { groups: 4, pads: 1, strides: 2, outputPadding: 1 }),
      torch:
        "torch.nn.functional.conv_transpose2d(x0, x1, groups=4, padding=1, stride=2, output_padding=1)",
    },
    {
      name: "along one axis",
      inputs: [{ shape: [2, 3, 5] }, { shape: [3, 2, 3] }],
      build: (x, w) => convTranspose(x, w, { strides: 2, pads: 1 }),
      torch: "torch.nn.functional.conv_transpose1d(x0, x1, stride=2, padding=1)",
    },
    {
      name: "with other pads on every side",
      inputs: [{ shape: [1, 2, 4, 4] }, { shape: [2, 2, 3, 3] }],
      build: (x, w) => convTranspose(x, w, { pads: [0, 1, 2, 0] }),
      torch: "torch.nn.functional.conv_transpose2d(x0, x1)[:, :, 0:4, 1:6]",
    },
    {
      name: "between whole channel blocks",
      inputs: [{ shape: [2, 32, 3, 3] }, { shape: [32, 16, 3, 3] }, { shape: [16] }],
      build: (x, w, bias) => convTranspose(x, w, { bias, pads: 1 }),
      torch: "torch.nn.functional.conv_transpose2d(x0, x1, x2, padding=1)",
    },
    {
      name: "of single pixels between whole channel blocks",
      inputs: [{ shape: [2, 16, 3, 3] }, { shape: [16, 32, 1, 1] }],
      build: (x, w) => convTranspose(x, w),
      torch: "torch.nn.functional.conv_transpose2d(x0, x1)",
    },
    {
      name: "as the gradient of a strided convolution that left a row over",
      inputs: [{ shape: [1, 3, 2, 3] }, { shape: [3, 2, 3, 3] }],
      build: (g, w) => convInputGradient(g, w, { ...plain, strides: [2, 2], size: [6, 8] }),
      torch: "torch.nn.grad.conv2d_input((1, 2, 6, 8), x1, x0, stride=2)",
    },
  ],
  ConvWeightGradient: [
    {
      name: "of one pixel",
      inputs: [{ shape: [1, 1, 1, 1] }, { shape: [1, 1, 1, 1] }],
      build: (x, g) => convWeightGradient(x, g, { ...plain, kernel: [1, 1] }),
      torch: "torch.nn.grad.conv2d_weight(x0, (1, 1, 1, 1), x1)",
    },
    {
      name: "with padding, of a batch of four",
      inputs: [{ shape: [4, 2, 4, 5] }, { shape: [4, 3, 4, 5] }],
      build: (x, g) => convWeightGradient(x, g, { ...plain, pads: [1, 1, 1, 1], kernel: [3, 3] }),
      torch: "torch.nn.grad.conv2d_weight(x0, (3, 2, 3, 3), x1, padding=1)",
    },
    {
      name: "with stride 2 and a row left over",
      inputs: [{ shape: [2, 2, 6, 7] }, { shape: [2, 3, 2, 3] }],
      build: (x, g) => convWeightGradient(x, g, { ...plain, strides: [2, 2], kernel: [3, 3] }),
      torch: "torch.nn.grad.conv2d_weight(x0, (3, 2, 3, 3), x1, stride=2)",
    },
    {
      name: "of single pixels with stride 2",
      inputs: [{ shape: [2, 3, 4, 4] }, { shape: [2, 2, 2, 2] }],
      build: (x, g) => convWeightGradient(x, g, { ...plain, strides: [2, 2], kernel: [1, 1] }),
      torch: "torch.nn.grad.conv2d_weight(x0, (2, 3, 1, 1), x1, stride=2)",
    },
    {
      name: "with dilation, in two groups",
      inputs: [{ shape: [2, 4, 7, 6] }, { shape: [2, 6, 5, 4] }],
      build: (x, g) =>
        convWeightGradient(x, g, {
          strides: [1, 1],
          pads: [1, 1, 1, 1],
          dilations: [2, 2],
          groups: 2,
          kernel: [3, 3],
        }),
      torch: "torch.nn.grad.conv2d_weight(x0, (6, 2, 3, 3), x1, padding=1, dilation=2, groups=2)",
    },
    {
      name: "along one axis",
      inputs: [{ shape: [2, 3, 6] }, { shape: [2, 4, 6] }],
      build: (x, g) =>
        convWeightGradient(x, g, {
          strides: [1],
          pads: [1, 1],
          dilations: [1],
          groups: 1,
          kernel: [3],
        }),
      torch: "torch.nn.grad.conv1d_weight(x0, (4, 3, 3), x1, padding=1)",
    },
    {
      name: "of a batch and channels in whole blocks",
      inputs: [
        { shape: [16, 16, 4, 6], range: [-1, 1] },
        { shape: [16, 32, 4, 6], range: [-1, 1] },
      ],
      build: (x, g) => convWeightGradient(x, g, { ...plain, pads: [1, 1, 1, 1], kernel: [3, 3] }),
      gradient: large,
      torch: "torch.nn.grad.conv2d_weight(x0, (32, 16, 3, 3), x1, padding=1)",
    },
    {
      name: "of whole blocks with stride 2",
      inputs: [
        { shape: [16, 16, 8, 8], range: [-1, 1] },
        { shape: [16, 32, 4, 4], range: [-1, 1] },
      ],
      build: (x, g) =>
        convWeightGradient(x, g, {
          ...plain,
          strides: [2, 2],
          pads: [1, 1, 1, 1],
          kernel: [3, 3],
        }),
      gradient: large,
      torch: "torch.nn.grad.conv2d_weight(x0, (32, 16, 3, 3), x1, padding=1, stride=2)",
    },
    {
      name: "of maps that the interleaved form cuts into strips",
      inputs: [
        { shape: [16, 16, 36, 16], range: [-1, 1] },
        { shape: [16, 16, 18, 16], range: [-1, 1] },
      ],
      build: (x, g) =>
        convWeightGradient(x, g, {
          ...plain,
          strides: [2, 1],
          pads: [1, 1, 1, 1],
          kernel: [3, 3],
        }),
      gradient: large,
      torch: "torch.nn.grad.conv2d_weight(x0, (16, 16, 3, 3), x1, padding=1, stride=(2, 1))",
      tolerance: 1e-4,
    },
    {
      name: "of single pixels in whole blocks with stride 2",
      inputs: [
        { shape: [2, 16, 8, 8], range: [-1, 1] },
        { shape: [2, 32, 4, 4], range: [-1, 1] },
      ],
      build: (x, g) => convWeightGradient(x, g, { ...plain, strides: [2, 2], kernel: [1, 1] }),
      gradient: large,
      torch: "torch.nn.grad.conv2d_weight(x0, (32, 16, 1, 1), x1, stride=2)",
    },
    {
      name: "of single pixels in whole blocks",
      inputs: [
        { shape: [2, 16, 4, 4], range: [-1, 1] },
        { shape: [2, 32, 4, 4], range: [-1, 1] },
      ],
      build: (x, g) => convWeightGradient(x, g, { ...plain, kernel: [1, 1] }),
      gradient: large,
      torch: "torch.nn.grad.conv2d_weight(x0, (32, 16, 1, 1), x1)",
    },
    {
      name: "of a first layer on large maps",
      inputs: [
        { shape: [2, 3, 32, 34], range: [-1, 1] },
        { shape: [2, 16, 32, 34], range: [-1, 1] },
      ],
      build: (x, g) => convWeightGradient(x, g, { ...plain, pads: [1, 1, 1, 1], kernel: [3, 3] }),
      gradient: large,
      torch: "torch.nn.grad.conv2d_weight(x0, (16, 3, 3, 3), x1, padding=1)",
    },
    {
      name: "between whole channel blocks",
      inputs: [{ shape: [2, 16, 3, 3] }, { shape: [2, 16, 3, 3] }],
      build: (x, g) => convWeightGradient(x, g, { ...plain, pads: [1, 1, 1, 1], kernel: [3, 3] }),
      torch: "torch.nn.grad.conv2d_weight(x0, (16, 16, 3, 3), x1, padding=1)",
    },
    {
      name: "of an empty batch",
      inputs: [{ shape: [0, 2, 4, 4] }, { shape: [0, 3, 4, 4] }],
      build: (x, g) => convWeightGradient(x, g, { ...plain, pads: [1, 1, 1, 1], kernel: [3, 3] }),
    },
  ],
} satisfies Record<string, readonly OpCase[]>;
