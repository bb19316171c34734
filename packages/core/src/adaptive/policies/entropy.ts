/** Leave where the class distribution is narrow: 1 - H(p) / ln(classes) (BranchyNet, with the sign turned and the scale fixed). */

import { certaintyOfRow, mapRows } from "../rows.js";
import type { Policy } from "./policy.js";

export const entropyPolicy: Policy = {
  title: "low entropy",
  needsHazard: false,
  scores: ({ logits }) => mapRows(logits, certaintyOfRow),
};
