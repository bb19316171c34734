/** The definitions of a sample quantile that timing tools use: they differ, so a number names its own. */

import { UserError } from "../../base/index.js";

/** "loadgen": MLPerf's; "nearest-rank"; "linear": NumPy's default; "lower": floor of the linear position. */
export type QuantileDefinition = "loadgen" | "nearest-rank" | "linear" | "lower";

interface Quantile {
  readonly title: string;
  /** 0-based position among n sorted values; a fraction blends the neighbours. */
  position(p: number, n: number): number;
}

// 0.95 * 20 is 19.000000000000004, 0.29 * 100 is 28.999999999999996: both mean the whole number.
const floor = (x: number): number => Math.floor(x + 1e-9);
const ceil = (x: number): number => Math.ceil(x - 1e-9);

/**
 * Every definition by its name, as 0-based positions in the sorted sample.
 *
 * @example
 * quantileDefinitions.loadgen.position(0.99, 100) // 99
 */
export const quantileDefinitions: Readonly<Record<QuantileDefinition, Quantile>> = {
  loadgen: { title: "sorted[floor(n p)]", position: (p, n) => floor(n * p) },
  "nearest-rank": { title: "sorted[ceil(n p) - 1]", position: (p, n) => ceil(n * p) - 1 },
  linear: { title: "linear interpolation at (n - 1) p", position: (p, n) => (n - 1) * p },
  lower: { title: "sorted[floor((n - 1) p)]", position: (p, n) => floor((n - 1) * p) },
};

/** Ascending; the input is not touched. */
export const ascending = (values: ArrayLike<number>): Float64Array =>
  Float64Array.from(values).sort();

/**
 * The p-quantile of samples, in their unit. The default is MLPerf LoadGen's, for compatibility with its rules; for 100
 * samples and p = 0.99 it is the largest, where "lower" takes the second largest and "linear" blends the two.
 *
 * @throws UserError E_USAGE for no values, or for p outside [0, 1].
 * @example
 * quantile([4, 1, 3, 2], 0.5) // 3
 * @example
 * quantile([4, 1, 3, 2], 0.5, { definition: "linear" }) // 2.5
 */
export function quantile(
  values: ArrayLike<number>,
  p: number,
  { definition = "loadgen" }: { readonly definition?: QuantileDefinition } = {},
): number {
  if (values.length === 0 || !(p >= 0 && p <= 1)) {
    throw new UserError("E_USAGE", `quantile ${p} of ${values.length} values`, {
      allowed: "at least one value, and 0 <= p <= 1",
    });
  }
  const order = ascending(values);
  const last = order.length - 1;
  const position = quantileDefinitions[definition].position(p, order.length);
  const clamped = Math.min(last, Math.max(0, position));
  const low = Math.floor(clamped);
  const share = clamped - low;
  return order[low]! + share * (order[Math.min(last, low + 1)]! - order[low]!);
}

/**
 * The middle value, or the mean of the two middle values: the median of every textbook.
 *
 * @example
 * median([4, 1, 3, 2]) // 2.5
 */
export const median = (values: ArrayLike<number>): number =>
  quantile(values, 0.5, { definition: "linear" });
