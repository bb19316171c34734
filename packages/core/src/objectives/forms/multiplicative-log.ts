/** Multiplicative: the task loss times a power of the cost, in logarithms. */

import { functions as f } from "../../ops/index.js";
import type { ObjectiveForm } from "./form.js";

/** Below this share of the limit a cost is as good as nothing, and its logarithm would run away. */
const LEAST = 1e-6;

/**
 * task * (c / l)^w, written as task + stop(task) * w * ln(c / l): the gradient d task + w * task * d c / c is that of the
 * product over the positive factor (c / l)^w. A ratio is taken, not ln(c) / ln(l) as in FBNet, so that milliseconds and
 * microseconds give the same loss.
 */
export const multiplicativeLogForm: ObjectiveForm = {
  name: "multiplicativeLog",
  title: "task loss times a power of the cost",
  formula: "task * (c / l)^lambda, as stop(task) * lambda * ln(c / l)",
  behaviour:
    "A halving of the cost is worth the same at every size, and less the better the task is solved: very flat near a solved task. The limit scales and does not bind.",
  source: "MnasNet (Tan et al. 2019, arXiv:1807.11626); logarithms as in FBNet",
  limit: "optional",
  multiplier: "weight",
  scalars: ["multiplier"],
  controller: "constant",
  term({ task, multiplier, normalised, limit = 1 }) {
    const ratio = f.maximum(f.div(normalised, limit), LEAST);
    return f.mul(f.mul(f.stopGradient(task), multiplier), f.log(ratio));
  },
};
