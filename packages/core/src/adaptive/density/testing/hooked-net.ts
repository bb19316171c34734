/** The network of scripts/fixtures/density.py: everything that hooks see, and a residual sum that they do not. */

import {
  batchNorm,
  conv2d,
  dropout,
  flatten,
  linear,
  type Model,
  maxPool,
  relu,
} from "../../../nn/index.js";
import { functions as f } from "../../../ops/index.js";

export const hookedNet: Model = {
  name: "hooked",
  inputShape: [2, 4, 4],
  outputs: 3,
  forward(c, x) {
    const conv = (name: string, bias: boolean, input: typeof x) =>
      c.scope(name, () => conv2d(4, { kernel: 3, padding: 1, bias })(c, input));
    const norm = (name: string, input: typeof x) => c.scope(name, () => batchNorm()(c, input));
    const y = relu(c, norm("bn1", conv("conv1", false, x)));
    const z = relu(c, f.add(norm("bn2", conv("conv2", true, y)), y));
    const flat = flatten()(c, maxPool({ kernel: 2 })(c, z));
    return c.scope("fc", () => linear(3)(c, dropout(0)(c, flat)));
  },
};
