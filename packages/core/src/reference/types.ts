/** The slow, plain, double-precision meaning of every op: the oracle of the tests, and the folder of constants. */

import type { TensorType } from "../graph/index.js";
import type { OpKind, ops } from "../ops/index.js";

/** Every element type is held as doubles; integers below 2^53 and booleans (0, 1) are exact. */
export interface RefTensor extends TensorType {
  readonly data: Float64Array;
}

/** Read off one signature: inferring it from the whole of `Op`, which is recursive, overflows the compiler. */
export type AttrsOf<K extends OpKind> = Parameters<(typeof ops)[K]["infer"]>[1];

/** Returns the elements of each output, whose types `outputs` already tells. Written for clarity, from the definition. */
export type Kernel<Attrs> = (
  inputs: readonly RefTensor[],
  attrs: Attrs,
  outputs: readonly TensorType[],
) => readonly Float64Array[];

export type Kernels = { readonly [K in OpKind]: Kernel<AttrsOf<K>> };
