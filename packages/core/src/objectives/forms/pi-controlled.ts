/** The Lagrangian whose price a PI controller sets. */

import { type ObjectiveForm, requireLimit } from "./form.js";
import { lagrangianForm } from "./lagrangian.js";

/** mu * (c - l), mu = kp * e + ki * sum e with e = hard - l: the same term, with a proportional part in the controller. */
export const piControlledForm: ObjectiveForm = {
  name: "piControlled",
  title: "price found by a PI controller",
  formula: "mu * (c - l), mu = max(0, kp * e + ki * sum e), e = hard - l",
  behaviour:
    "As the Lagrangian, damped: the proportional part takes the price back while the cost is still falling. ki alone is dual ascent.",
  source: "nuPI (Sohrabi et al. 2024, arXiv:2406.04558)",
  limit: "required",
  multiplier: "dual",
  scalars: ["multiplier"],
  controller: "pi",
  term(input) {
    requireLimit(input, "piControlled");
    return lagrangianForm.term(input);
  },
};
