/** The magnitude of all but the largest elements of every image: pulls down what a top-k layer would cut off. */

import { functions as f } from "../../../ops/index.js";
import { elementCount } from "../../../tensor/index.js";
import type { Surrogate } from "./surrogate.js";

export const topK: Surrogate = {
  name: "topK",
  formula: "mean |x| over N, of all but the share `keep` of largest |x| of each image",
  source: "after Ahmad and Scheinkman, How can we be so dense?, 2019, as a penalty",
  hasSigma: false,
  hasKeep: true,
  of(x, { keep }) {
    const rows = x.shape[0]!;
    const part = f.abs(x);
    const size = elementCount(part.shape) / rows;
    const image = f.reshape(part, [rows, size]);
    const { values } = f.topK(image, { k: Math.ceil(keep * size) });
    const rest = f.sub(f.reduceMean(part), f.div(f.reduceSum(values), rows * size));
    // Two sums of the same numbers in another order: where nothing is left the difference may be a little below 0.
    return f.relu(rest);
  },
};
