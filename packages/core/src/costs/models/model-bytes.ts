/** Bytes of the parameters in use, stored densely at a given precision. */

import type { CostModel } from "../cost-model.js";
import { weightCost } from "../weight-cost.js";

export interface ModelBytesOptions {
  readonly name: string;
  readonly title?: string;
  /** Bits of a stored number. */
  readonly bits: number;
}

/**
 * Model bytes at a precision: parameters * bits / 8. Scales and zero points of quantised tensors are not in it.
 *
 * @example
 * modelBytesCost({ name: "modelBytesInt4", bits: 4 }).full(exitLedger(traced)) === exitLedger(traced).total.parameters / 2 // true
 */
export const modelBytesCost = ({ name, bits, title }: ModelBytesOptions): CostModel =>
  weightCost({
    name,
    title: title ?? `bytes of the weights at ${bits} bits`,
    unit: "bytes",
    perElement: bits / 8,
  });

export const modelBytesFp32Cost = modelBytesCost({ name: "modelBytesFp32", bits: 32 });
export const modelBytesFp16Cost = modelBytesCost({ name: "modelBytesFp16", bits: 16 });
export const modelBytesInt8Cost = modelBytesCost({ name: "modelBytesInt8", bits: 8 });
