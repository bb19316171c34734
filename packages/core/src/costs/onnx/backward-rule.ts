/** What training needs of an operator, as PyTorch's autograd does it: written beside the operator's shape and work. */

import type { NodeView } from "./node-view.js";

/** A tensor that the backward pass reads. `joined`: as the product reads it, its leading axes made one. `for`: only where the input of that index gets a gradient. */
export type Kept =
  | { readonly input: number; readonly for?: number; readonly joined?: true }
  | { readonly output: number; readonly for?: number }
  /** Made for the backward pass alone: indices of maxima, statistics, masks. */
  | { readonly bytes: (n: NodeView) => number; readonly for?: number };

export interface BackwardRule {
  readonly keeps: readonly Kept[];
  /**
   * Groups of inputs. For each group with an input that gets a gradient, the forward's products are done once more.
   * Absent: it multiplies nothing.
   */
  readonly factors?: readonly (readonly number[])[];
  /** MACs of the backward pass, where factors cannot say it; asked with the inputs that get a gradient. */
  readonly macs?: (n: NodeView, needs: readonly boolean[]) => number;
}

/** The gradient needs nothing: sums, moves of data. */
export const keepsNothing: BackwardRule = { keeps: [] };

/** Derivative from the argument: x^2, GELU, SiLU. */
export const keepsInput: BackwardRule = { keeps: [{ input: 0 }] };

/** Derivative from the result: ReLU, sigmoid, softmax. */
export const keepsOutput: BackwardRule = { keeps: [{ output: 0 }] };

/** A product of two: each factor is kept for the other one's gradient. */
export const keepsOther = (a = 0, b = 1): BackwardRule => ({
  keeps: [
    { input: b, for: a },
    { input: a, for: b },
  ],
});

/** A product that multiplies and accumulates. */
export const multiplies = (a = 0, b = 1): BackwardRule => ({
  ...keepsOther(a, b),
  factors: [[a], [b]],
});

/** The same of matrices: PyTorch multiplies them with all batch axes joined. */
export const multipliesMatrices = (a = 0, b = 1): BackwardRule => ({
  keeps: [
    { input: b, for: a, joined: true },
    { input: a, for: b, joined: true },
  ],
  factors: [[a], [b]],
});

/** Two statistics in single precision for each of `count` groups: mean and reciprocal deviation. */
export const statistics = (count: (n: NodeView) => number): Kept => ({
  bytes: (n) => 2 * 4 * count(n),
});
