/** From recorded kernels to rows of a table: one row for each shape, however often it was measured. */

import type { KernelFamily } from "./families.js";
import { type Kernel, kernelFeatures, kernelKey } from "./kernels.js";
import type { LookupRow } from "./lookup.js";

/** Times of one kernel in several sessions, in milliseconds. */
export interface RecordedKernel {
  readonly kernel: Kernel;
  readonly ms: readonly number[];
}

interface Collected {
  readonly family: KernelFamily;
  readonly features: readonly number[];
  readonly ms: number[];
}

const middleOf = (sorted: readonly number[]): number =>
  (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;

/**
 * Rows of a look-up table: the median of what was recorded for each shape, with its range. Kernels without shapes or
 * without a time are left out.
 *
 * @example
 * const ledger = ledgerOf(buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) }));
 * lookupRows(kernelsOf(ledger).map((kernel) => ({ kernel, ms: [0.02, 0.03, 0.07] })))[0].ms // 0.03
 */
export function lookupRows(recorded: readonly RecordedKernel[]): readonly LookupRow[] {
  const rows = new Map<string, Collected>();
  for (const { kernel, ms } of recorded) {
    const key = kernelKey(kernel);
    const features = kernelFeatures(kernel);
    const times = ms.filter((t) => t > 0);
    if (key === undefined || !features || times.length === 0) continue;
    const row = rows.get(key);
    if (row) row.ms.push(...times);
    else rows.set(key, { family: kernel.family, features, ms: times });
  }
  return [...rows].map(([key, { family, features, ms }]) => {
    const sorted = ms.toSorted((a, b) => a - b);
    return {
      ...{ family, key, features },
      ms: middleOf(sorted),
      lowMs: sorted[0]!,
      highMs: sorted.at(-1)!,
      samples: sorted.length,
    };
  });
}
