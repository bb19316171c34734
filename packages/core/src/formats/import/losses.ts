/** Importers of the two training losses that ONNX has. */

import { scalarConstant, type Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import type { ImporterTable, ImportNode } from "./node.js";

/** The loss of every target, weighted, with ignored targets at 0; then reduced. Classes are axis 1. */
function pickedLoss(n: ImportNode, logs: Value): Value {
  const labels = n.input(1);
  const given = n.optional(2);
  const reduction = n.string("reduction", "mean");
  const { dtype } = logs;
  const ignoring = n.has("ignore_index");
  const kept = f.not(f.equal(labels, n.int("ignore_index", -100)));
  const zero = scalarConstant(0, labels.dtype);
  // Ignored labels may lie outside the classes: any class will do, its weight becomes 0.
  const safe = ignoring ? f.where(kept, labels, zero) : labels;
  const picked = f.squeeze(f.gatherElements(logs, f.unsqueeze(safe, [1]), { axis: 1 }), [1]);
  const perClass = given ? f.gather(given, safe) : f.expand(scalarConstant(1, dtype), labels.shape);
  const weights = ignoring ? f.mul(perClass, f.cast(kept, dtype)) : perClass;
  const losses = f.neg(f.mul(picked, weights));
  if (reduction === "none") return losses;
  const sum = f.reduceSum(losses);
  if (reduction === "sum") return sum;
  if (reduction !== "mean") n.refuse(`reduction is "${reduction}"`);
  return f.div(sum, f.reduceSum(weights));
}

export const losses: ImporterTable = {
  NegativeLogLikelihoodLoss: (n) => pickedLoss(n, n.input(0)),
  SoftmaxCrossEntropyLoss: (n) => {
    const logs = f.logSoftmax(n.input(0), { axis: 1 });
    return [pickedLoss(n, logs), logs];
  },
};
