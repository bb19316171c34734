/** Normalisations: batch (with running statistics), layer and group. */

import { UserError } from "../../base/index.js";
import { functions as f } from "../../ops/index.js";
import { elementCount, formatShape } from "../../tensor/index.js";
import { ones, zeros } from "../initializers.js";
import type { Context, Initializer, Layer } from "../types.js";

export interface BatchNormOptions {
  /** Share of the batch's statistics in the new running ones. Default 0.1. */
  readonly momentum?: number;
  readonly epsilon?: number;
  /** First scale; zero makes a residual block begin as the identity. Default ones. */
  readonly init?: Initializer;
}

/** Scale and shift, which weight decay customarily spares. */
const affine = (c: Context, size: number, init: Initializer) => ({
  scale: c.parameter("weight", [size], init, { decay: false }),
  bias: c.parameter("bias", [size], zeros, { decay: false }),
});

/**
 * Batch normalisation over axis 1 of [batch, channels, ...] (Ioffe and Szegedy 2015), for any number of spatial axes.
 * As PyTorch: the batch is normalised by its biased variance, the running variance learns the unbiased one.
 * Parameters: weight, bias. Buffers: running_mean, running_var.
 *
 * @example
 * batchNorm()(context, input("x", [4, 16, 5, 5])).shape // [4, 16, 5, 5]
 */
export function batchNorm(options: BatchNormOptions = {}): Layer {
  const { momentum = 0.1, epsilon = 1e-5, init = ones } = options;
  return (c, x) => {
    const channels = x.shape[1];
    if (channels === undefined) {
      throw new UserError("E_SHAPE", `batchNorm was given shape ${formatShape(x.shape)}`, {
        allowed: "[batch, channels, ...]",
      });
    }
    const { scale, bias } = affine(c, channels, init);
    const mean = c.buffer("running_mean", [channels], zeros);
    const variance = c.buffer("running_var", [channels], ones);
    if (!c.training) return f.batchNorm(x, { scale, bias, mean, variance, epsilon });

    const count = elementCount(x.shape) / channels;
    if (count < 2) {
      throw new UserError("E_SHAPE", `batchNorm has one value per channel to learn from`, {
        where: formatShape(x.shape),
        allowed: "more than one value per channel in training",
        next: "use a larger batch",
      });
    }
    const batch = f.batchNormTraining(x, { scale, bias, epsilon });
    const blend = (running: typeof mean, fresh: typeof mean, weight: number) =>
      f.add(f.mul(running, 1 - momentum), f.mul(fresh, weight));
    c.update(mean, blend(mean, batch.mean, momentum));
    c.update(variance, blend(variance, batch.variance, (momentum * count) / (count - 1)));
    return batch.y;
  };
}

export interface LayerNormOptions {
  readonly epsilon?: number;
  /** Learn scale and shift. Default true. */
  readonly learned?: boolean;
}

/**
 * Layer normalisation over the last axis (Ba et al. 2016). Parameters: weight, bias.
 *
 * @example
 * layerNorm()(context, input("x", [4, 16])).shape // [4, 16]
 */
export function layerNorm({ epsilon = 1e-5, learned = true }: LayerNormOptions = {}): Layer {
  return (c, x) =>
    f.layerNorm(x, {
      axis: -1,
      epsilon,
      ...(learned ? affine(c, x.shape.at(-1) ?? 1, ones) : {}),
    });
}

/**
 * Group normalisation over groups of channels (Wu and He 2018). Parameters: weight, bias.
 *
 * @example
 * groupNorm(4)(context, input("x", [4, 16, 5, 5])).shape // [4, 16, 5, 5]
 */
export function groupNorm(
  groups: number,
  { epsilon = 1e-5, learned = true }: LayerNormOptions = {},
): Layer {
  return (c, x) =>
    f.groupNorm(x, { groups, epsilon, ...(learned ? affine(c, x.shape[1] ?? 1, ones) : {}) });
}
