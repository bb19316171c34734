/** Linear: a price per unit of cost. */

import { functions as f } from "../../ops/index.js";
import type { ObjectiveForm } from "./form.js";

/**
 * lambda * c. The price stays, whatever is reached: each lambda is a supporting line of the trade-off curve, so
 * concave parts of the curve cannot be reached and a small change of lambda can jump over them.
 */
export const linearForm: ObjectiveForm = {
  name: "linear",
  title: "price per cost",
  formula: "lambda * c",
  behaviour:
    "Trades at a fixed price and stops where one more saving costs more than it brings. Knows no limit; reaches only the convex part of a front.",
  source: "MorphNet (Gordon et al. 2018, arXiv:1711.06798), PLiNIO",
  limit: "unused",
  multiplier: "weight",
  scalars: ["multiplier"],
  controller: "constant",
  term: ({ multiplier, normalised }) => f.mul(multiplier, normalised),
};
