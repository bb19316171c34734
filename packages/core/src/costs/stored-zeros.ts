/** Densities of weights as they lie in a file: counted, not assumed. */

import { scalarConstant } from "../graph/index.js";
import { type Ledger, withShares } from "./ledger.js";

/**
 * The ledger with the share of weights that are not zero, counted in the values that the ledger knows: those of a profiled
 * file. Entries whose weights lie elsewhere stay as they were.
 *
 * @example
 * const y = matmul(input("x", [1, 2]), constant(tensor("float32", [2, 2], [1, 0, 0, 3])));
 * const ledger = withStoredZeros(profile(buildGraph({ y })).ledger);
 * ledger.entries.map((e) => e.density?.weights !== undefined) // [true]
 */
export const withStoredZeros = (ledger: Ledger): Ledger =>
  withShares(ledger, ({ memory, density }) => {
    const weights = memory?.parameters ?? [];
    const elements = weights.reduce((n, w) => n + w.elements, 0);
    let zeros = 0;
    for (const weight of weights) {
      const found = weight.zeros?.();
      if (found === undefined) return undefined;
      zeros += found;
    }
    if (elements === 0) return undefined;
    // Float64: what was counted stays exact.
    return { density: { ...density, weights: scalarConstant(1 - zeros / elements, "float64") } };
  });
