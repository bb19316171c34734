/** What evaluation reads: samples in a fixed order, a piece at a time. */

import { sliceRows } from "../adaptive/index.js";
import { UserError } from "../base/index.js";
import type { HostTensor } from "../tensor/index.js";

export interface EvaluationBatch {
  readonly input: HostTensor;
  readonly labels: Int32Array;
}

export interface EvaluationData {
  readonly size: number;
  /** Samples `start` to `end`, which is not included. */
  batch(start: number, end: number): EvaluationBatch | Promise<EvaluationBatch>;
}

/**
 * Data that is in memory as one tensor.
 *
 * @example
 * tensorData(zeros("float32", [2, 4]), Int32Array.of(0, 1)).size // 2
 */
export function tensorData(input: HostTensor, labels: Int32Array): EvaluationData {
  if (input.shape[0] !== labels.length) {
    throw new UserError("E_DATA", `${labels.length} labels for ${input.shape[0]} samples`);
  }
  return {
    size: labels.length,
    batch: (start, end) => ({
      input: sliceRows(input, start, end),
      labels: labels.subarray(start, end),
    }),
  };
}
