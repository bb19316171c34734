/** What counters add to the matrix products of recurrent cells, as a factor of each state. */

import type { Cell, CountedItem } from "./item.js";

export const gates: Readonly<Record<Cell, number>> = { RNN: 1, GRU: 3, LSTM: 4 };

/** `plain` operations for each state, and 2 for each gate where there are biases, of which PyTorch's cells have two. */
export const perState =
  (plain: Readonly<Record<Cell, number>>) =>
  ({ cell = "LSTM", isBiased }: CountedItem) => ({
    factor: plain[cell] + (isBiased ? 2 * gates[cell] : 0),
  });
