/** Lagrangian: the price is what makes the limit hold. */

import { functions as f } from "../../ops/index.js";
import { type ObjectiveForm, requireLimit } from "./form.js";

/**
 * mu * (c - l), mu the dual variable: at the optimum mu >= 0, c <= l and mu * (c - l) = 0 (Karush, Kuhn and Tucker). The
 * weights see the soft cost here; mu follows the hard one, so a gap between them is made up for.
 */
export const lagrangianForm: ObjectiveForm = {
  name: "lagrangian",
  title: "price found by dual ascent",
  formula: "mu * (c - l), mu <- max(0, mu + eta * (hard - l))",
  behaviour:
    "Finds the price of the limit. Plain ascent overshoots and swings around it: the faster it learns, the more.",
  source: "Cooper (Gallego-Posada et al. 2025, arXiv:2504.01212)",
  limit: "required",
  multiplier: "dual",
  scalars: ["multiplier"],
  controller: "dualAscent",
  term: (input) =>
    f.mul(input.multiplier, f.sub(input.normalised, requireLimit(input, "lagrangian"))),
};
