/** Gradient clipping by the norm of all gradients together (Pascanu et al. 2013). */

import { UserError } from "../base/index.js";
import type { Value } from "../graph/index.js";
import { functions as f } from "../ops/index.js";

/**
 * sqrt of the sum of squares over all tensors: a scalar.
 *
 * @example
 * globalNorm([x, input("g", [2, 2])]).shape // []
 */
export function globalNorm(gradients: readonly Value[]): Value {
  const squares = gradients.map((g) => f.reduceSum(f.mul(g, g)));
  return f.sqrt(squares.reduce((sum, s) => f.add(sum, s)));
}

export interface ClippedGradients {
  readonly gradients: readonly Value[];
  /** Before clipping. */
  readonly norm: Value;
}

/**
 * All gradients times min(1, maxNorm / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_.
 *
 * @example
 * clipGlobalNorm([x, input("g", [2, 2])], 1).gradients.length // 2
 */
export function clipGlobalNorm(gradients: readonly Value[], maxNorm: number): ClippedGradients {
  if (!(maxNorm > 0)) {
    throw new UserError("E_CONFIG", `the largest gradient norm is ${maxNorm}`, {
      where: "clipNorm",
      allowed: "a number above 0",
    });
  }
  const norm = globalNorm(gradients);
  const factor = f.minimum(f.div(maxNorm, f.add(norm, 1e-6)), 1);
  return { gradients: gradients.map((g) => f.mul(g, factor)), norm };
}
