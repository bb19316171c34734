/** A scalar to differentiate: the outputs of a row, weighted by fixed random cotangents. */

import { constant, type Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { normals } from "../../ops/testing/trace.js";
import { isFloat, tensor } from "../../tensor/index.js";

/** sum over float outputs of <cotangent, output>; cotangent i of `id` is `normals(id/cotangent/i, shape)`. */
export function weightedSum(id: string, outputs: readonly Value[]): Value {
  const terms = outputs.flatMap((y, i) => {
    if (!isFloat(y.dtype)) return [];
    const weights = constant(tensor(y.dtype, y.shape, normals(`${id}/cotangent/${i}`, y.shape)));
    return [f.reduceSum(f.mul(y, weights))];
  });
  return terms.reduce((a, b) => f.add(a, b));
}
