/** The element types of ONNX files: their names, their sizes, and which of them Frugal computes with. */

import { TensorProto_DataType as DataType } from "onnx-buf";
import { type DType, dtypes } from "../tensor/index.js";

/** Every element type of ONNX, by ONNX's number; the name and the bytes of one element. */
const elements = {
  [DataType.FLOAT]: ["float32", 4],
  [DataType.UINT8]: ["uint8", 1],
  [DataType.INT8]: ["int8", 1],
  [DataType.UINT16]: ["uint16", 2],
  [DataType.INT16]: ["int16", 2],
  [DataType.INT32]: ["int32", 4],
  [DataType.INT64]: ["int64", 8],
  // Its length is not in the type: texts move no counted bytes.
  [DataType.STRING]: ["string", 0],
  [DataType.BOOL]: ["bool", 1],
  [DataType.FLOAT16]: ["float16", 2],
  [DataType.DOUBLE]: ["float64", 8],
  [DataType.UINT32]: ["uint32", 4],
  [DataType.UINT64]: ["uint64", 8],
  [DataType.COMPLEX64]: ["complex64", 8],
  [DataType.COMPLEX128]: ["complex128", 16],
  [DataType.BFLOAT16]: ["bfloat16", 2],
  17: ["float8e4m3fn", 1],
  18: ["float8e4m3fnuz", 1],
  19: ["float8e5m2", 1],
  20: ["float8e5m2fnuz", 1],
  21: ["uint4", 0.5],
  22: ["int4", 0.5],
  23: ["float4e2m1", 0.5],
  24: ["float8e8m0", 1],
  25: ["uint2", 0.25],
  26: ["int2", 0.25],
} as const satisfies Record<number, readonly [string, number]>;

/** Name of an ONNX element type; "undefined" where the file does not say. */
export type ElementType = (typeof elements)[keyof typeof elements][0] | "undefined";

const byNumber = new Map<number, readonly [ElementType, number]>(
  Object.entries(elements).map(([key, pair]) => [Number(key), pair]),
);
const sizes = new Map<ElementType, number>(byNumber.values());

/**
 * Name of the element type that ONNX numbers so, as attributes carry it.
 *
 * @example
 * elementTypeOf(1) // "float32"
 */
export const elementTypeOf = (number: number): ElementType =>
  byNumber.get(number)?.[0] ?? "undefined";

/**
 * Bytes of one element, packed types in fractions; 0 for texts and for what is not known.
 *
 * @example
 * bytesPerOnnxElement("int4") // 0.5
 */
export const bytesPerOnnxElement = (type: ElementType): number => sizes.get(type) ?? 0;

/** Our element type of an ONNX one, which then has the same name; undefined where Frugal has none. */
export const dtypeOfElement = (type: ElementType): DType | undefined =>
  dtypes.find((dtype) => dtype === type);
