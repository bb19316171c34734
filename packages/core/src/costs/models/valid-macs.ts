/** Multiply-accumulates without those that have a padding zero as an operand. */

import { additiveCost } from "../cost-model.js";
import type { LedgerEntry } from "../entry.js";
import { productShares } from "../shares.js";

export const validMacsOf = (entry: LedgerEntry): number =>
  entry.validMacs ?? entry.detail?.validMacs ?? entry.macs;

export const validMacsCost = additiveCost({
  name: "validMacs",
  title: "multiply-accumulates, padding not counted",
  unit: "MACs",
  terms: (entry) => [{ amount: validMacsOf(entry), shares: productShares(entry) }],
});
