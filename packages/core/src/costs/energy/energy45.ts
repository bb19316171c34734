/** Energy by the 45 nm table: float32, every operand of every product through DRAM once. */

import { energyCost } from "./table-cost.js";

export const energy45Cost = energyCost({
  name: "energy45",
  title: "modelled energy, 45 nm, float32",
  table: "horowitz45",
  precision: "float32",
});
