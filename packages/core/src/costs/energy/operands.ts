/** Elements that an entry touches, by what they are: what energy models charge for. */

import type { LedgerEntry } from "../entry.js";

export interface OperandElements {
  readonly inputs: number;
  /** Trained numbers; statistics and constants are `stored` beside them. */
  readonly weights: number;
  /** What is stored and not trained. */
  readonly stored: number;
  readonly outputs: number;
}

/** Ledgers that know no operands were written by hand: their bytes are taken for 32-bit elements. */
const BYTES_PER_ELEMENT = 4;

/**
 * Constants are not weights: exporters compute a bias of zeros where a convolution has none, and no machine reads it.
 */
export function operandElements(entry: LedgerEntry): OperandElements {
  const { operands, memory, kernels = 1 } = entry;
  if (!operands) {
    return {
      inputs: entry.bytesRead / BYTES_PER_ELEMENT,
      weights: 0,
      stored: 0,
      outputs: entry.bytesWritten / BYTES_PER_ELEMENT,
    };
  }
  const all = operands.weights.elements;
  // The body of a loop is one entry: it reads its weights in every trip.
  const trained = memory?.parameters.reduce((n, p) => n + p.elements * kernels, 0) ?? all;
  const weights = Math.min(trained, all);
  return {
    inputs: operands.inputs.elements,
    weights,
    stored: all - weights,
    outputs: operands.outputs.elements,
  };
}

/** A bias that an exporter wrote as an addition of its own: it belongs to the product before it. */
export const isLooseBias = (entry: LedgerEntry): boolean =>
  entry.macs === 0 && (entry.detail?.elements.biasAdds ?? 0) > 0;
