/** Multiply-accumulates as the ledger has them: one for a multiplication and the addition after it, nothing else. */

import { convention } from "./convention.js";

export const macs = convention({
  name: "macs",
  title: "multiply-accumulates",
  unit: "MACs",
  counts: "Every product that is added to a sum counts 1, padding included; nothing else counts.",
  prices: {
    convolutionMacs: 1,
    transposedMacs: 1,
    linearMacs: 1,
    attentionMacs: 1,
    recurrentMacs: 1,
  },
});
