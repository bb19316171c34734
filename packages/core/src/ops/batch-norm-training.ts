/** batchNormTraining: batch norm with the statistics of the batch, composed so that each direction takes few passes. */

import type { Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import { add } from "./add.js";
import { channelAffine } from "./channel-affine.js";
import { channelMoments } from "./channel-moments.js";
import { mul } from "./mul.js";
import { reciprocal } from "./reciprocal.js";
import { relu } from "./relu.js";
import { sqrt } from "./sqrt.js";
import { sub } from "./sub.js";

export interface BatchNormTrainingOptions {
  /** [C]. */
  readonly scale: Value;
  /** [C]. */
  readonly bias: Value;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

export interface BatchNormTrained {
  readonly y: Value;
  /** [C]: mean of the batch. */
  readonly mean: Value;
  /** [C]: biased variance of the batch (divided by the count). */
  readonly variance: Value;
}

/**
 * Batch norm of x [N, C, ...] with the batch's own mean and variance, which are returned too.
 *
 * With M values a channel: mean = sum(x)/M, variance = sum(x^2)/M - mean^2, a = scale / sqrt(variance
 * + epsilon), y = x a + (bias - mean a). One pass for the sums, one for y; backward the same. The
 * difference of squares can fall below 0 by rounding, never by more: it is cut there.
 *
 * Reference: Ioffe and Szegedy, 2015.
 *
 * @example
 * const { y, mean } = batchNormTraining(input("x", [8, 16, 4, 4]), { scale: input("scale", [16]), bias: input("bias", [16]) });
 * mean.shape // [16]
 */
export function batchNormTraining(x: Value, options: BatchNormTrainingOptions): BatchNormTrained {
  const { scale, bias, epsilon = 1e-5 } = options;
  const { same, sum, squares } = channelMoments(x);
  const share = x.shape[1]! / elementCount(x.shape);
  const mean = mul(sum, share);
  const variance = relu(sub(mul(squares, share), mul(mean, mean)));
  const a = mul(scale, reciprocal(sqrt(add(variance, epsilon))));
  const y = channelAffine(same, a, { shift: sub(bias, mul(mean, a)) });
  return { y, mean, variance };
}
