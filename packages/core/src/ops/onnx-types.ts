/** ONNX's numbers of element types, and a detour for ops that the runtime lacks in some type. */

import type { Emitter } from "../graph/index.js";
import type { DType } from "../tensor/index.js";

const onnxTypes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

/** Where a type has no kernel: the types to compute in instead, best first. float64 loses digits on this way. */
const detours: Readonly<Record<DType, readonly DType[]>> = {
  float32: ["float64"],
  float64: ["float32"],
  int8: ["int32", "float32"],
  uint8: ["int32", "float32"],
  int32: ["int64", "float32"],
  int64: ["int32", "float32"],
  bool: ["uint8", "int32", "float32"],
};

export const emitCast = (e: Emitter, name: string, to: DType): string =>
  e.emit("Cast", [name], { attrs: { to: onnxTypes[to] } });

/**
 * Calls `write` on operands of a type that is in `native` (the types for which the runtime has a kernel), and casts
 * its result back.
 */
export function emitIn(
  e: Emitter,
  dtype: DType,
  native: readonly DType[],
  names: readonly string[],
  write: (names: string[], dtype: DType) => string,
): string {
  const detour = native.includes(dtype)
    ? undefined
    : detours[dtype].find((d) => native.includes(d));
  if (!detour) return write([...names], dtype);
  const inputs = names.map((name) => emitCast(e, name, detour));
  return emitCast(e, write(inputs, detour), dtype);
}
