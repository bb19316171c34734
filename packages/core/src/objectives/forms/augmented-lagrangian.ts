/** Augmented Lagrangian for an inequality: the Lagrangian with a spring behind it. */

import { UserError } from "../../base/index.js";
import { functions as f } from "../../ops/index.js";
import { type ObjectiveForm, requireLimit } from "./form.js";

/**
 * (max(0, mu + rho * (c - l))^2 - mu^2) / (2 rho): Powell, Hestenes and Rockafellar. Its slope in c is
 * max(0, mu + rho * (c - l)), the multiplier after its next update, which is why it swings less than the Lagrangian.
 */
export const augmentedLagrangianForm: ObjectiveForm = {
  name: "augmentedLagrangian",
  title: "price and spring",
  formula: "(max(0, mu + rho * (c - l))^2 - mu^2) / (2 rho)",
  behaviour:
    "Pushes back at once where the limit is broken, and not at all well below it. A rho that has grown large makes the loss stiff: gradients near the limit swamp the task.",
  source:
    "Rockafellar 1973 (doi:10.1007/BF01580138); Nocedal and Wright, Numerical Optimization, 17.3",
  limit: "required",
  multiplier: "dual",
  scalars: ["multiplier", "penalty"],
  controller: "augmented",
  term(input) {
    const { multiplier, normalised, penalty } = input;
    if (!penalty) {
      throw new UserError("E_CONFIG", 'the form "augmentedLagrangian" needs a penalty', {
        where: "objective.form",
        next: 'take the controller "augmented", which has one',
      });
    }
    const excess = f.sub(normalised, requireLimit(input, "augmentedLagrangian"));
    const next = f.relu(f.add(multiplier, f.mul(penalty, excess)));
    return f.div(f.sub(f.square(next), f.square(multiplier)), f.mul(penalty, 2));
  },
};
