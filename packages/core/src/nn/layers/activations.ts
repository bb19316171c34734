/** Activations as layers. */

import { functions as f } from "../../ops/index.js";
import type { Layer } from "../types.js";

/**
 * max(x, 0).
 *
 * @example
 * relu(context, input("x", [8, 16])).shape // [8, 16]
 */
export const relu: Layer = (_c, x) => f.relu(x);
/**
 * 1 / (1 + e^-x).
 *
 * @example
 * sigmoid(context, input("x", [8, 16])).shape // [8, 16]
 */
export const sigmoid: Layer = (_c, x) => f.sigmoid(x);
/**
 * The hyperbolic tangent.
 *
 * @example
 * tanh(context, input("x", [8, 16])).shape // [8, 16]
 */
export const tanh: Layer = (_c, x) => f.tanh(x);
/**
 * ln(1 + e^x).
 *
 * @example
 * softplus(context, input("x", [8, 16])).shape // [8, 16]
 */
export const softplus: Layer = (_c, x) => f.softplus(x);
/**
 * x * hardSigmoid(x).
 *
 * @example
 * hardSwish(context, input("x", [8, 16])).shape // [8, 16]
 */
export const hardSwish: Layer = (_c, x) => f.hardSwish(x);
/**
 * x / 6 + 1 / 2, clipped to [0, 1].
 *
 * @example
 * hardSigmoid(context, input("x", [8, 16])).shape // [8, 16]
 */
export const hardSigmoid: Layer = (_c, x) => f.hardSigmoid(x);

/**
 * x * sigmoid(x), also called swish.
 *
 * @example
 * silu(context, input("x", [8, 16])).shape // [8, 16]
 */
export const silu: Layer = (_c, x) => f.mul(x, f.sigmoid(x));

/**
 * x where positive, slope * x elsewhere.
 *
 * @example
 * leakyRelu(0.1)(context, input("x", [8, 16])).shape // [8, 16]
 */
export const leakyRelu =
  (slope = 0.01): Layer =>
  (_c, x) =>
    f.leakyRelu(x, { slope });

/**
 * x times the normal distribution function of x.
 *
 * @example
 * gelu()(context, input("x", [8, 16])).shape // [8, 16]
 */
export const gelu =
  ({ approximate = "none" }: { approximate?: "none" | "tanh" } = {}): Layer =>
  (_c, x) =>
    f.gelu(x, { approximate });

/**
 * x where positive, alpha * (e^x - 1) elsewhere.
 *
 * @example
 * elu()(context, input("x", [8, 16])).shape // [8, 16]
 */
export const elu =
  (alpha = 1): Layer =>
  (_c, x) =>
    f.elu(x, { alpha });

/**
 * Shares that add up to one along an axis.
 *
 * @example
 * softmax()(context, input("x", [8, 16])).shape // [8, 16]
 */
export const softmax =
  (axis = -1): Layer =>
  (_c, x) =>
    f.softmax(x, { axis });
