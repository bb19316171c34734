/** Contract rows of ops that only change how something is differentiated. */

import { mul, round, stopGradient, straightThrough, withGradient } from "../index.js";
import type { OpCase } from "./case.js";

export const gradientRows = {
  StopGradient: [
    {
      name: "of a product",
      inputs: [{ shape: [2, 3] }],
      build: (x) => stopGradient(mul(x, x)),
      torch: "x0 * x0",
      gradient: { skip: "it is differentiated as a constant on purpose" },
    },
    {
      name: "beside the value itself",
      inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
      build: (x, y) => mul(stopGradient(x), y),
      torch: "x0.detach() * x1",
      gradient: [1],
    },
    {
      name: "of integers",
      inputs: [{ shape: [2], dtype: "int32" }],
      build: (x) => stopGradient(x),
      torch: "x0",
    },
  ],
  StraightThrough: [
    {
      name: "of a rounded value",
      inputs: [{ shape: [2, 3] }],
      build: (x) => straightThrough(round(x), x),
      torch: "torch.round(x0)",
      gradient: { skip: "it is differentiated as another function on purpose" },
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0] }],
      build: (x) => straightThrough(round(x), x),
      torch: "torch.round(x0)",
      gradient: { skip: "there is nothing to differentiate" },
    },
  ],
  WithGradient: [
    {
      name: "with the gradient it has anyway",
      inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
      build: (x, y) => withGradient(mul(x, y), [x, y], (g, [a, b]) => [mul(g, b!), mul(g, a!)]),
      torch: "x0 * x1",
    },
    {
      name: "with none",
      inputs: [{ shape: [2, 3] }],
      build: (x) => withGradient(mul(x, x), [x], () => [undefined]),
      torch: "x0 * x0",
      gradient: { skip: "it is differentiated as a constant on purpose" },
    },
  ],
} satisfies Record<string, readonly OpCase[]>;
