/** Activations as layers. */

import { functions as f } from "../../ops/index.js";
import type { Layer } from "../types.js";

export const relu: Layer = (_c, x) => f.relu(x);
export const sigmoid: Layer = (_c, x) => f.sigmoid(x);
export const tanh: Layer = (_c, x) => f.tanh(x);
export const softplus: Layer = (_c, x) => f.softplus(x);
export const hardSwish: Layer = (_c, x) => f.hardSwish(x);
export const hardSigmoid: Layer = (_c, x) => f.hardSigmoid(x);

/** x * sigmoid(x), also called swish. */
export const silu: Layer = (_c, x) => f.mul(x, f.sigmoid(x));

export const leakyRelu =
  (slope = 0.01): Layer =>
  (_c, x) =>
    f.leakyRelu(x, { slope });

export const gelu =
  ({ approximate = "none" }: { approximate?: "none" | "tanh" } = {}): Layer =>
  (_c, x) =>
    f.gelu(x, { approximate });

export const elu =
  (alpha = 1): Layer =>
  (_c, x) =>
    f.elu(x, { alpha });

export const softmax =
  (axis = -1): Layer =>
  (_c, x) =>
    f.softmax(x, { axis });
