/** Normalised linear: a price per percent above a reference. */

import { functions as f } from "../../ops/index.js";
import type { ObjectiveForm } from "./form.js";

/**
 * lambda * (c - l) / l, the reference l being the limit, or the start where there is none. Linear, with lambda made
 * comparable between costs of different limits; the limit is a scale, not a bound.
 */
export const normalisedLinearForm: ObjectiveForm = {
  name: "normalisedLinear",
  title: "price per share of the limit",
  formula: "lambda * (c - l) / l",
  behaviour:
    "As linear, with lambda counted in shares of the limit: one lambda means the same for tight and loose limits. The limit scales and does not bind.",
  source: "ProxylessNAS (Cai et al. 2019, arXiv:1812.00332)",
  limit: "optional",
  multiplier: "weight",
  scalars: ["multiplier"],
  controller: "constant",
  term: ({ multiplier, normalised, limit = 1 }) =>
    f.mul(multiplier, f.sub(f.div(normalised, limit), 1)),
};
