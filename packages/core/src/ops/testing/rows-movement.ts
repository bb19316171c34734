/** Contract rows of ops that move elements. */

import {
  concat,
  flatten,
  pad,
  slice,
  split,
  squeeze,
  tile,
  transpose,
  unsqueeze,
} from "../index.js";
import type { OpCase } from "./case.js";

export const movementRows = {
  Transpose: [
    {
      name: "of a matrix",
      inputs: [{ shape: [2, 3] }],
      build: (x) => transpose(x, [1, 0]),
      torch: "x0.permute(1, 0)",
    },
    {
      name: "to channels last",
      inputs: [{ shape: [2, 3, 4, 5] }],
      build: (x) => transpose(x, [0, 2, 3, 1]),
      torch: "x0.permute(0, 2, 3, 1)",
    },
    {
      name: "of axes counted from the back",
      inputs: [{ shape: [2, 3, 4] }],
      build: (x) => transpose(x, [-1, 0, 1]),
      torch: "x0.permute(2, 0, 1)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }],
      build: (x) => transpose(x, [1, 0]),
      torch: "x0.permute(1, 0)",
    },
    {
      name: "of truth values",
      inputs: [{ shape: [2, 3], dtype: "bool" }],
      build: (x) => transpose(x, [1, 0]),
      torch: "x0.permute(1, 0)",
    },
  ],
  Concat: [
    {
      name: "of two",
      inputs: [{ shape: [2, 3] }, { shape: [2, 2] }],
      build: (a, b) => concat([a, b], { axis: 1 }),
      torch: "torch.cat((x0, x1), 1)",
    },
    {
      name: "of three along the first axis, one of them empty",
      inputs: [{ shape: [1, 3] }, { shape: [0, 3] }, { shape: [2, 3] }],
      build: (a, b, c) => concat([a, b, c], { axis: -2 }),
      torch: "torch.cat((x0, x1, x2), 0)",
    },
    {
      name: "of a value with itself",
      inputs: [{ shape: [2, 2] }],
      build: (a) => concat([a, a], { axis: 0 }),
      torch: "torch.cat((x0, x0), 0)",
    },
    {
      name: "differentiated in one of its parts",
      inputs: [{ shape: [2, 3] }, { shape: [2, 2] }],
      build: (a, b) => concat([a, b], { axis: 1 }),
      torch: "torch.cat((x0, x1), 1)",
      gradient: [1],
    },
    {
      name: "of int64",
      inputs: [
        { shape: [2], dtype: "int64" },
        { shape: [3], dtype: "int64" },
      ],
      build: (a, b) => concat([a, b], { axis: 0 }),
      torch: "torch.cat((x0, x1), 0)",
    },
  ],
  Split: [
    {
      name: "in two",
      inputs: [{ shape: [2, 5] }],
      build: (x) => split(x, { axis: 1, sizes: [2, 3] }),
      torch: "torch.split(x0, [2, 3], 1)",
    },
    {
      name: "with an empty piece",
      inputs: [{ shape: [3, 2] }],
      build: (x) => split(x, { axis: 0, sizes: [1, 0, 2] }),
      torch: "torch.split(x0, [1, 0, 2], 0)",
    },
    {
      name: "of which one piece is used",
      inputs: [{ shape: [2, 6] }],
      build: (x) => split(x, { axis: -1, sizes: [1, 2, 3] })[1]!,
      torch: "torch.split(x0, [1, 2, 3], 1)[1]",
    },
    {
      name: "in one piece",
      inputs: [{ shape: [2, 3] }],
      build: (x) => split(x, { axis: 1, sizes: [3] }),
      torch: "torch.split(x0, [3], 1)",
    },
  ],
  Slice: [
    {
      name: "of an inner part",
      inputs: [{ shape: [3, 5] }],
      build: (x) => slice(x, { starts: [1, 1], ends: [3, 4] }),
      torch: "x0[1:3, 1:4]",
    },
    {
      name: "counted from the back",
      inputs: [{ shape: [2, 5] }],
      build: (x) => slice(x, { starts: [-3], ends: [-1], axes: [-1] }),
      torch: "x0[:, -3:-1]",
    },
    {
      name: "with a step",
      inputs: [{ shape: [2, 7] }],
      build: (x) => slice(x, { starts: [1], ends: [7], axes: [1], steps: [3] }),
      torch: "x0[:, 1:7:3]",
    },
    {
      name: "with a step that divides the axis",
      inputs: [{ shape: [6, 2] }],
      build: (x) => slice(x, { starts: [0], ends: [6], axes: [0], steps: [2] }),
      torch: "x0[0:6:2]",
    },
    {
      name: "backwards",
      inputs: [{ shape: [2, 4] }],
      build: (x) => slice(x, { starts: [-1], ends: [-Infinity], axes: [1], steps: [-1] }),
      torch: "x0.flip(1)",
    },
    {
      name: "backwards with a step",
      inputs: [{ shape: [7] }],
      build: (x) => slice(x, { starts: [5], ends: [0], axes: [0], steps: [-2] }),
      torch: "x0[[5, 3, 1]]",
    },
    {
      name: "on every axis of an image",
      inputs: [{ shape: [2, 3, 6, 5] }],
      build: (x) => slice(x, { starts: [1, 0, 5, 0], ends: [2, 2, 0, 5], steps: [1, 1, -2, 2] }),
      torch: "x0[1:2, 0:2][:, :, [5, 3, 1]][:, :, :, 0:5:2]",
    },
    {
      name: "beyond the ends",
      inputs: [{ shape: [3] }],
      build: (x) => slice(x, { starts: [-10], ends: [10], steps: [2] }),
      torch: "x0[-10:10:2]",
    },
    {
      name: "that takes nothing",
      inputs: [{ shape: [2, 3] }],
      build: (x) => slice(x, { starts: [2], ends: [1], axes: [1] }),
      torch: "x0[:, 2:1]",
    },
    {
      name: "of bool",
      inputs: [{ shape: [2, 4], dtype: "bool" }],
      build: (x) => slice(x, { starts: [1], ends: [3], axes: [1] }),
      torch: "x0[:, 1:3]",
    },
  ],
  Pad: [
    {
      name: "with zeros",
      inputs: [{ shape: [2, 3] }],
      build: (x) => pad(x, { pads: [0, 1, 2, 0] }),
      torch: "torch.nn.functional.pad(x0, (1, 0, 0, 2))",
    },
    {
      name: "with a value, one axis only",
      inputs: [{ shape: [2, 3, 4] }],
      build: (x) => pad(x, { pads: [0, 0, 1, 0, 0, 2], value: 0.5 }),
      torch: "torch.nn.functional.pad(x0, (1, 2), value=0.5)",
    },
    {
      name: "by reflection",
      inputs: [{ shape: [1, 2, 4, 3] }],
      build: (x) => pad(x, { pads: [0, 0, 3, 1, 0, 0, 2, 2], mode: "reflect" }),
      torch: "torch.nn.functional.pad(x0, (1, 2, 3, 2), mode='reflect')",
    },
    {
      name: "by the border",
      inputs: [{ shape: [1, 2, 2, 3] }],
      build: (x) => pad(x, { pads: [0, 0, 1, 4, 0, 0, 3, 0], mode: "edge" }),
      torch: "torch.nn.functional.pad(x0, (4, 0, 1, 3), mode='replicate')",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 2] }],
      build: (x) => pad(x, { pads: [1, 0, 1, 0] }),
      torch: "torch.nn.functional.pad(x0, (0, 0, 1, 1))",
    },
    {
      name: "of int32",
      inputs: [{ shape: [3], dtype: "int32" }],
      build: (x) => pad(x, { pads: [1, 1], value: 7 }),
      torch: "torch.nn.functional.pad(x0, (1, 1), value=7)",
    },
    {
      name: "of bool",
      inputs: [{ shape: [3], dtype: "bool" }],
      build: (x) => pad(x, { pads: [1, 1], value: 1 }),
      torch: "torch.nn.functional.pad(x0, (1, 1), value=True)",
    },
  ],
  Squeeze: [
    {
      name: "of an inner axis",
      inputs: [{ shape: [2, 1, 3] }],
      build: (x) => squeeze(x, [1]),
      torch: "x0.squeeze(1)",
    },
    {
      name: "to a scalar",
      inputs: [{ shape: [1, 1] }],
      build: (x) => squeeze(x, [-1, 0]),
      torch: "x0.reshape(())",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 1] }],
      build: (x) => squeeze(x, [1]),
      torch: "x0.squeeze(1)",
    },
  ],
  Unsqueeze: [
    {
      name: "at both ends",
      inputs: [{ shape: [2, 3] }],
      build: (x) => unsqueeze(x, [0, -1]),
      torch: "x0[None, :, :, None]",
    },
    {
      name: "of a scalar",
      inputs: [{ shape: [] }],
      build: (x) => unsqueeze(x, [0, 1]),
      torch: "x0.reshape(1, 1)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0] }],
      build: (x) => unsqueeze(x, [1]),
      torch: "x0[:, None]",
    },
  ],
  Flatten: [
    {
      name: "of images",
      inputs: [{ shape: [2, 3, 2, 2] }],
      build: (x) => flatten(x),
      torch: "x0.flatten(1)",
    },
    {
      name: "at the first axis",
      inputs: [{ shape: [2, 3] }],
      build: (x) => flatten(x, { axis: 0 }),
      torch: "x0.reshape(1, 6)",
    },
    {
      name: "at the end",
      inputs: [{ shape: [2, 3] }],
      build: (x) => flatten(x, { axis: 2 }),
      torch: "x0.reshape(6, 1)",
    },
    {
      name: "counted from the back",
      inputs: [{ shape: [2, 3, 4] }],
      build: (x) => flatten(x, { axis: -1 }),
      torch: "x0.reshape(6, 4)",
    },
    {
      name: "of a vector",
      inputs: [{ shape: [3] }],
      build: (x) => flatten(x),
      torch: "x0.reshape(3, 1)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 2, 3] }],
      build: (x) => flatten(x),
      torch: "x0.reshape(0, 6)",
    },
  ],
  Tile: [
    {
      name: "along both axes",
      inputs: [{ shape: [2, 3] }],
      build: (x) => tile(x, [2, 3]),
      torch: "x0.repeat(2, 3)",
    },
    {
      name: "along an inner axis",
      inputs: [{ shape: [2, 1, 3] }],
      build: (x) => tile(x, [1, 4, 1]),
      torch: "x0.repeat(1, 4, 1)",
    },
    {
      name: "zero times",
      inputs: [{ shape: [2, 3] }],
      build: (x) => tile(x, [1, 0]),
      torch: "x0.repeat(1, 0)",
    },
    {
      name: "of int64",
      inputs: [{ shape: [2], dtype: "int64" }],
      build: (x) => tile(x, [3]),
      torch: "x0.repeat(3)",
    },
  ],
} satisfies Record<string, readonly OpCase[]>;
