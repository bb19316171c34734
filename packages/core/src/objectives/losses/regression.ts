/** Losses of real-valued targets: binary cross-entropy, squared error, Huber. */

import { UserError } from "../../base/index.js";
import type { Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { formatShape, sameShape } from "../../tensor/index.js";

function requireSameShape(loss: string, prediction: Value, target: Value): void {
  if (sameShape(prediction.shape, target.shape) && prediction.shape.length > 0) return;
  throw new UserError(
    "E_SHAPE",
    `${loss} was given ${formatShape(prediction.shape)} and targets ${formatShape(target.shape)}`,
    { allowed: "two equal shapes that begin with the batch" },
  );
}

/** The mean over everything but the batch. */
function perSample(x: Value): Value {
  const axes = x.shape.slice(1).map((_, i) => i + 1);
  return axes.length > 0 ? f.reduceMean(x, { axes }) : x;
}

/**
 * softplus(z) - z t: the cross-entropy of independent yes-no answers, from logits, stable for any z.
 *
 * logits, targets (0 to 1): [N] or [N, ...]. Returns [N].
 *
 * @example
 * binaryCrossEntropy(input("prediction", [8]), input("target", [8])).shape // [8]
 */
export function binaryCrossEntropy(logits: Value, targets: Value): Value {
  requireSameShape("binaryCrossEntropy", logits, targets);
  return perSample(f.sub(f.softplus(logits), f.mul(logits, targets)));
}

/**
 * (prediction - target)^2, for each sample: [N].
 *
 * @example
 * meanSquaredError(input("prediction", [8]), input("target", [8])).shape // [8]
 */
export function meanSquaredError(prediction: Value, target: Value): Value {
  requireSameShape("meanSquaredError", prediction, target);
  return perSample(f.square(f.sub(prediction, target)));
}

export interface HuberOptions {
  /** Where the loss turns from quadratic to linear. Default 1. */
  readonly delta?: number;
}

/**
 * e^2 / 2 for |e| <= delta, else delta (|e| - delta / 2), for each sample: [N] (Huber 1964).
 *
 * @example
 * huber(input("prediction", [8]), input("target", [8])).shape // [8]
 */
export function huber(prediction: Value, target: Value, options: HuberOptions = {}): Value {
  const { delta = 1 } = options;
  requireSameShape("huber", prediction, target);
  if (!(delta > 0)) {
    throw new UserError("E_CONFIG", `delta is ${delta}`, { allowed: "a number above 0" });
  }
  const error = f.abs(f.sub(prediction, target));
  // With q = min(|e|, delta) both branches are q (|e| - q / 2); below delta that is |e|^2 / 2.
  const q = f.minimum(error, delta);
  return perSample(f.mul(q, f.sub(error, f.mul(q, 0.5))));
}
