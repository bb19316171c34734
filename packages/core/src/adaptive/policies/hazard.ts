/** Leave where the trained gate says so. */

import { assert } from "../../base/index.js";
import { toNumbers } from "../../tensor/index.js";
import type { Policy } from "./policy.js";

export const hazardPolicy: Policy = {
  title: "trained gate",
  needsHazard: true,
  scores({ hazard }) {
    assert(hazard, "the hazard policy was given an exit without a gate");
    return Float64Array.from(toNumbers(hazard));
  },
};
