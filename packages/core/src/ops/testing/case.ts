/** One row of the op contract suite. */

import type { Value } from "../../graph/index.js";
import type { DType, Shape } from "../../tensor/index.js";

export interface CaseInput {
  readonly shape: Shape;
  /** Default float32. */
  readonly dtype?: DType;
  /** Uniform random values in this range (default [-2, 2]), rounded for integer types; or give `values`. */
  readonly range?: readonly [number, number];
  readonly values?: readonly number[];
}

export interface OpCase {
  /** What is special about this case, as a phrase. */
  readonly name: string;
  readonly inputs: readonly CaseInput[];
  build(...inputs: Value[]): Value | readonly Value[];
  /** The same in PyTorch: a Python expression over x0, x1, ... that gives a tensor or a tuple of tensors. */
  readonly torch?: string;
  /** Inputs to differentiate (default: every float input); or the reason why there is no gradient to check. */
  readonly gradient?: readonly number[] | { readonly skip: string };
  /** Relative tolerance of forward values against the engine in float32. Default 1e-5. */
  readonly tolerance?: number;
}
