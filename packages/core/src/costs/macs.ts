/** MACs: multiply-accumulates, heads and gates included, padding counted. */

import { additiveCost } from "./cost-model.js";

export const macsCost = additiveCost({
  name: "macs",
  title: "multiply-accumulates",
  unit: "MACs",
  price: (part) => part.total.macs,
});
