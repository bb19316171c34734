/** Two-sided: a target that is missed upwards and downwards alike. */

import { functions as f } from "../../ops/index.js";
import { type ObjectiveForm, requireLimit } from "./form.js";

/** lambda * (c / l - 1)^2: pulls from both sides, weakly near the target. */
export const twoSidedForm: ObjectiveForm = {
  name: "twoSided",
  title: "square around a target",
  formula: "lambda * (c / l - 1)^2",
  behaviour:
    "Also pushes up a network that is cheaper than the target. The pull fades near the target, so a task that wants more stays somewhat above it.",
  source: "dynamic routing (Li et al. 2020, arXiv:2003.10401), NNCF's sparsity loss",
  limit: "required",
  multiplier: "weight",
  scalars: ["multiplier"],
  controller: "constant",
  term: (input) =>
    f.mul(
      input.multiplier,
      f.square(f.sub(f.div(input.normalised, requireLimit(input, "twoSided")), 1)),
    ),
};
