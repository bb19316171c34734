/** Contract rows of the density surrogate and its slope. */

import { add, mul, softDensity, softDensityGrad } from "../index.js";
import type { OpCase } from "./case.js";

const torchDensity = "(x0**2 / (x0**2 + x1)).mean()";
const torchPull = "x2 * x0 / (x0**2 + x1)**2";
const positive = { shape: [], range: [0.1, 1] } as const;
const image = { shape: [3, 16, 2, 3] } as const;

export const densityRows = {
  SoftDensity: [
    {
      name: "of whole channel blocks",
      inputs: [image, positive],
      build: (x, sigma) => softDensity(x, { sigma }),
      torch: torchDensity,
    },
    {
      name: "of the first images",
      inputs: [image, positive],
      build: (x, sigma) => softDensity(x, { sigma, rows: 2 }),
      torch: "(x0[:2]**2 / (x0[:2]**2 + x1)).mean()",
    },
    {
      name: "of rows with zeros",
      inputs: [{ shape: [2, 3], values: [0, 1, -1, 0, 0.001, 5] }, positive],
      build: (x, sigma) => softDensity(x, { sigma }),
      torch: torchDensity,
    },
    {
      name: "with a narrow constant width",
      inputs: [{ shape: [4, 5] }],
      build: (x) => softDensity(x, { sigma: 1e-4 }),
      torch: "(x0**2 / (x0**2 + 1e-4)).mean()",
      gradient: { skip: "differences are too coarse for so narrow a dip" },
    },
    {
      name: "of an odd number of channels",
      inputs: [{ shape: [2, 5, 2, 2] }, positive],
      build: (x, sigma) => softDensity(mul(x, x), { sigma, rows: 1 }),
      torch: "(x0[:1]**4 / (x0[:1]**4 + x1)).mean()",
    },
  ],
  SoftDensityGrad: [
    {
      name: "of whole channel blocks",
      inputs: [image, positive, { shape: [] }],
      build: (x, sigma, factor) => softDensityGrad(x, { sigma: sigma!, factor: factor! }),
      torch: torchPull,
    },
    {
      name: "added to a gradient",
      inputs: [image, positive, { shape: [] }, image],
      build: (x, sigma, factor, rest) =>
        softDensityGrad(x, { sigma: sigma!, factor: factor!, rest: rest! }),
      torch: `${torchPull} + x3`,
    },
    {
      name: "of the first images",
      inputs: [image, positive, { shape: [] }],
      build: (x, sigma, factor) => softDensityGrad(x, { sigma: sigma!, factor: factor!, rows: 2 }),
      torch: `torch.cat([(${torchPull})[:2], torch.zeros_like(x0[2:])])`,
    },
    {
      name: "of the first images, added to a gradient that is read again",
      inputs: [image, positive, { shape: [] }, image],
      build: (x, sigma, factor, rest) => {
        const g = mul(rest!, 2);
        const y = softDensityGrad(x, { sigma: sigma!, factor: factor!, rest: g, rows: 2 });
        return [y, add(g, 1)];
      },
      torch: `(2 * x3 + torch.cat([(${torchPull})[:2], torch.zeros_like(x0[2:])]), 2 * x3 + 1)`,
    },
    {
      name: "of a matrix",
      inputs: [{ shape: [4, 3] }, positive, { shape: [] }, { shape: [4, 3] }],
      build: (x, sigma, factor, rest) =>
        softDensityGrad(x, { sigma: sigma!, factor: factor!, rest: rest!, rows: 3 }),
      torch: `x3 + torch.cat([(${torchPull})[:3], torch.zeros_like(x0[3:])])`,
    },
  ],
} satisfies Record<string, readonly OpCase[]>;
