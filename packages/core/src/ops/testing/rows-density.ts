/** Contract rows of the density surrogate, its slope, and of the first rows of a batch. */

import type { Value } from "../../graph/index.js";
import { add, addRows, headRows, mul, softDensity } from "../index.js";
import type { OpCase } from "./case.js";

const torchDensity = "((x0**2 / (x0**2 + x1)).mean(), x0 / (x0**2 + x1)**2)";
/** The mean, and the pull that is made with it. */
const both = (mean: Value): readonly Value[] => mean.node.outputs;
const positive = { shape: [], range: [0.1, 1] } as const;
const image = { shape: [3, 16, 2, 3] } as const;
const rowsOfTorch = (part: string, like: string) =>
  `torch.cat([${part}, torch.zeros_like(${like})])`;

export const densityRows = {
  SoftDensity: [
    {
      name: "of whole channel blocks",
      inputs: [image, positive],
      build: (x, sigma) => both(softDensity(x, { sigma })),
      torch: torchDensity,
    },
    {
      name: "of rows with zeros",
      inputs: [{ shape: [2, 3], values: [0, 1, -1, 0, 0.001, 5] }, positive],
      build: (x, sigma) => both(softDensity(x, { sigma })),
      torch: torchDensity,
    },
    {
      name: "with a narrow constant width",
      inputs: [{ shape: [4, 5] }],
      build: (x) => both(softDensity(x, { sigma: 1e-4 })),
      torch: "((x0**2 / (x0**2 + 1e-4)).mean(), x0 / (x0**2 + 1e-4)**2)",
      gradient: { skip: "differences are too coarse for so narrow a dip" },
    },
  ],
  HeadRows: [
    {
      name: "of whole channel blocks",
      inputs: [image],
      build: (x) => headRows(x, 2),
      torch: "x0[:2]",
    },
    {
      name: "of a matrix",
      inputs: [{ shape: [4, 3] }],
      build: (x) => headRows(mul(x, x), 1),
      torch: "(x0 * x0)[:1]",
    },
  ],
  AddRows: [
    {
      name: "among zeros",
      inputs: [{ shape: [2, 3] }],
      build: (part) => addRows(part, { rows: 5 }),
      torch: rowsOfTorch("x0", "x0[:1].repeat(3, 1)"),
    },
    {
      name: "to whole channel blocks",
      inputs: [{ shape: [2, 16, 2, 3] }, image],
      build: (part, rest) => addRows(part, { rows: 3, rest: rest! }),
      torch: `${rowsOfTorch("x0", "x1[2:]")} + x1`,
    },
    {
      name: "to what is read again",
      inputs: [{ shape: [1, 4] }, { shape: [3, 4] }],
      build: (part, rest) => {
        const twice = mul(rest!, 2);
        return [addRows(part, { rows: 3, rest: twice }), add(twice, 1)];
      },
      torch: `(${rowsOfTorch("x0", "x1[1:]")} + 2 * x1, 2 * x1 + 1)`,
    },
  ],
} satisfies Record<string, readonly OpCase[]>;
