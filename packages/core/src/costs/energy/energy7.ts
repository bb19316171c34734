/** Energy by the 7 nm table: float16, every operand of every product through DDR4 once. */

import { energyCost } from "./table-cost.js";

export const energy7Cost = energyCost({
  name: "energy7",
  title: "modelled energy, 7 nm, float16",
  table: "jouppi7",
  precision: "float16",
});
