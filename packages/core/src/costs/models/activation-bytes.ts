/** Bytes of everything that is computed, written once each: the sum of all allocations. */

import { additiveCost } from "../cost-model.js";
import { outputShares } from "../shares.js";

export const activationBytesCost = additiveCost({
  name: "activationBytes",
  title: "bytes written",
  unit: "bytes",
  terms: (entry) => [{ amount: entry.bytesWritten, shares: outputShares(entry) }],
});
