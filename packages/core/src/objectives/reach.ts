/** Whether a gradient can get from a cost to a decision: asked of the graph, before anything runs. */

import { gradients } from "../autodiff/index.js";
import { UserError } from "../base/index.js";
import { topologicalOrder, type Value } from "../graph/index.js";

const isUnreached = (error: unknown): boolean =>
  error instanceof UserError &&
  error.code === "E_GRADIENT" &&
  error.what.startsWith("the loss does not depend");

/**
 * Which of `wrt` the gradient of a scalar gets to. A path through stopGradient, or through an op whose gradient is 0 by
 * definition (rounding, comparison), is none.
 *
 * @throws UserError E_GRADIENT for a path through an op that says it has no gradient.
 */
export function gradientReaches(cost: Value, wrt: readonly Value[]): boolean[] {
  const nodes = new Set(topologicalOrder([cost]));
  const read = wrt.filter((value) => nodes.has(value.node));
  // All at once where nothing is amiss; else one by one, to find which.
  const areReached = hasGradients(cost, read);
  return wrt.map((v) => nodes.has(v.node) && (areReached || hasGradients(cost, [v])));
}

function hasGradients(cost: Value, wrt: readonly Value[]): boolean {
  try {
    gradients(cost, wrt);
    return true;
  } catch (error) {
    if (isUnreached(error)) return false;
    throw error;
  }
}
