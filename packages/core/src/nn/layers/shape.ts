/** Layers without parameters: pooling, flattening, dropout. */

import { UserError } from "../../base/index.js";
import { functions as f } from "../../ops/index.js";
import { elementCount, formatShape } from "../../tensor/index.js";
import type { Layer } from "../types.js";
import { type PerAxis, perAxis } from "./conv.js";

export interface PoolOptions {
  readonly kernel: PerAxis;
  /** Default: the kernel. */
  readonly stride?: PerAxis;
  readonly padding?: PerAxis;
  /** Count a window that begins inside but ends outside. Default false. */
  readonly ceilMode?: boolean;
}

function poolAttributes(rank: number, options: PoolOptions) {
  const { kernel, stride = kernel, padding = 0, ceilMode = false } = options;
  const pads = perAxis(padding, rank);
  return {
    kernel: perAxis(kernel, rank),
    strides: perAxis(stride, rank),
    pads: [...pads, ...pads],
    ceilMode,
  };
}

/**
 * The largest value of each window.
 *
 * @example
 * maxPool({ kernel: 2 })(context, input("x", [4, 16, 8, 8])).shape // [4, 16, 4, 4]
 */
export const maxPool =
  (options: PoolOptions): Layer =>
  (_c, x) =>
    f.maxPool(x, poolAttributes(x.shape.length - 2, options));

/**
 * The mean of each window; padding counts as zeros, as in PyTorch.
 *
 * @example
 * averagePool({ kernel: 2 })(context, input("x", [4, 16, 8, 8])).shape // [4, 16, 4, 4]
 */
export const averagePool =
  (options: PoolOptions): Layer =>
  (_c, x) =>
    f.averagePool(x, { ...poolAttributes(x.shape.length - 2, options), countIncludePad: true });

/**
 * [N, C, H, W] to [N, C, 1, 1].
 *
 * @example
 * globalAveragePool()(context, input("x", [4, 16, 8, 8])).shape // [4, 16, 1, 1]
 */
export const globalAveragePool = (): Layer => (_c, x) => f.globalAveragePool(x);

/**
 * Averages to a given size, whatever the input's.
 *
 * @throws UserError E_SHAPE unless the size divides the input's (the windows would overlap).
 * @example
 * adaptiveAveragePool(2)(context, input("x", [4, 16, 8, 8])).shape // [4, 16, 2, 2]
 */
export function adaptiveAveragePool(size: PerAxis): Layer {
  return (_c, x) => {
    const from = x.shape.slice(2);
    const to = perAxis(size, from.length);
    if (to.every((d) => d === 1)) return f.globalAveragePool(x);
    const kernel = from.map((d, i) => d / to[i]!);
    if (kernel.some((k) => !Number.isInteger(k))) {
      throw new UserError(
        "E_SHAPE",
        `cannot average ${formatShape(from)} to ${formatShape(to)} in equal windows`,
        { allowed: "a size that divides the input's" },
      );
    }
    return f.averagePool(x, { kernel, strides: kernel });
  };
}

/**
 * Everything but the batch in one axis.
 *
 * @example
 * flatten()(context, input("x", [4, 16, 2, 2])).shape // [4, 64]
 */
export const flatten = (): Layer => (_c, x) => {
  const [batch = 1, ...rest] = x.shape;
  return rest.length === 1 ? x : f.reshape(x, [batch, elementCount(rest)]);
};

/**
 * Sets a share of the values to zero in training and scales the others up, so that the mean stays.
 *
 * @example
 * dropout(0.2)(context, input("x", [4, 16])).shape // [4, 16]
 */
export function dropout(rate = 0.5): Layer {
  if (!(rate >= 0 && rate < 1)) {
    throw new UserError("E_CONFIG", `the dropout rate is ${rate}`, { allowed: "0 <= rate < 1" });
  }
  return (c, x) =>
    c.training && rate > 0 ? f.dropout(x, c.noise("noise", x.shape, "uniform"), { rate }) : x;
}
