/** Leave where the most probable class is probable enough (Teerapittayanon 2016; SDN, Kaya 2019). */

import { mapRows, summariseRow } from "../rows.js";
import type { Policy } from "./policy.js";

export const confidencePolicy: Policy = {
  title: "highest class probability",
  needsHazard: false,
  scores: ({ logits }) =>
    mapRows(logits, (data, start, classes) => summariseRow(data, start, classes).confidence),
};
