/** groupNorm: normalisation over groups of channels of every sample, as a composition. */

import { UserError } from "../base/index.js";
import type { Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import { add } from "./add.js";
import { channelsOf } from "./channel.js";
import { channelAffine } from "./channel-affine.js";
import { layerNorm } from "./layer-norm.js";
import { reshape } from "./reshape.js";

export interface GroupNormOptions {
  readonly groups: number;
  /** [C]. */
  readonly scale?: Value;
  /** [C]. */
  readonly bias?: Value;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Normalises each of `groups` groups of channels of x [N, C, ...] over its channels and pixels, then
 * scales and shifts per channel. The runtime has no kernel of its own for it, so it is the layer
 * norm of the groups.
 *
 * Reference: Wu and He, 2018.
 *
 * @example
 * groupNorm(input("x", [8, 16, 4, 4]), { groups: 4 }).shape // [8, 16, 4, 4]
 */
export function groupNorm(x: Value, options: GroupNormOptions): Value {
  const { groups, scale, bias, epsilon = 1e-5 } = options;
  const channels = channelsOf(x);
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new UserError("E_SHAPE", `${channels} channels in ${groups} groups`, {
      allowed: `a number of groups that divides ${channels}`,
    });
  }
  const width = elementCount(x.shape.slice(1)) / groups;
  const rows = reshape(x, [x.shape[0]!, groups, width]);
  const y = reshape(layerNorm(rows, { epsilon }), x.shape);
  if (scale) return channelAffine(y, scale, bias ? { shift: bias } : {});
  return bias ? add(y, reshape(bias, [channels, ...x.shape.slice(2).map(() => 1)])) : y;
}
