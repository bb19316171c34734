/** Memory access: bytes moved if every operand of every entry is read or written once, with no cache between entries. */

import { additiveCost } from "../cost-model.js";
import { inputShares, outputShares, weightShares } from "../shares.js";

export const memoryAccessCost = additiveCost({
  name: "memoryAccess",
  title: "bytes moved",
  unit: "bytes",
  terms(entry) {
    // What picks from a table reads less than its operands hold.
    const weights = Math.min(entry.operands?.weights.bytes ?? 0, entry.bytesRead);
    return [
      { amount: entry.bytesRead - weights, shares: inputShares(entry) },
      { amount: weights, shares: weightShares(entry) },
      { amount: entry.bytesWritten, shares: outputShares(entry) },
    ];
  },
});
