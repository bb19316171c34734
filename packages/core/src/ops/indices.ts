/** What the indexing ops share. */

import { UserError } from "../base/index.js";
import type { TensorType } from "../graph/index.js";

/** Throws unless `indices` holds integers that the runtime takes as positions. */
export function requireIndices(indices: TensorType): void {
  if (indices.dtype === "int32" || indices.dtype === "int64") return;
  throw new UserError("E_DTYPE", `indices of type ${indices.dtype}`, {
    allowed: "int32, int64",
    next: "cast them",
  });
}
