/** Element types, and the typed array that holds each of them. */

export type DType = "float32" | "float64" | "int8" | "uint8" | "int32" | "int64" | "bool";

interface ArrayOf {
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int32: Int32Array;
  int64: BigInt64Array;
  /** One byte an element, 0 or 1, as ONNX stores it. */
  bool: Uint8Array;
}

export type TensorData<D extends DType = DType> = ArrayOf[D];

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const;

/**
 * Every element type.
 *
 * @example
 * dtypes.length // 7
 */
export const dtypes = Object.keys(arrays) as readonly DType[];

/**
 * Bytes of one element.
 *
 * @example
 * bytesPerElement("float32") // 4
 */
export const bytesPerElement = (dtype: DType): number => arrays[dtype].BYTES_PER_ELEMENT;

/**
 * A zero-filled buffer of `length` elements.
 *
 * @example
 * allocate("int32", 3) // Int32Array [0, 0, 0]
 */
export function allocate<D extends DType>(dtype: D, length: number): TensorData<D> {
  return new arrays[dtype](length) as TensorData<D>;
}

/**
 * The elements that lie in `buffer` from `byteOffset` on, not copied; to its end if no `length` is given.
 *
 * @example
 * elementsIn("float32", new Float32Array([1, 2, 3]).buffer, { byteOffset: 4 }) // Float32Array [2, 3]
 */
export function elementsIn<D extends DType>(
  dtype: D,
  buffer: ArrayBuffer,
  { byteOffset = 0, length }: { readonly byteOffset?: number; readonly length?: number } = {},
): TensorData<D> {
  return new arrays[dtype](buffer, byteOffset, length) as TensorData<D>;
}

/**
 * Buffers of this type start at 0; numbers are rounded as the typed array rounds them.
 *
 * @example
 * fromNumbers("int32", [1.9, -1.9]) // Int32Array [1, -1]
 */
export function fromNumbers<D extends DType>(dtype: D, values: ArrayLike<number>): TensorData<D> {
  if (dtype === "int64") {
    return BigInt64Array.from(Array.from(values, (v) => BigInt(Math.trunc(v)))) as TensorData<D>;
  }
  if (dtype === "bool") {
    return Uint8Array.from(Array.from(values, (v) => (v === 0 ? 0 : 1))) as TensorData<D>;
  }
  const data = allocate(dtype, values.length);
  (data as Float64Array).set(values as ArrayLike<number>);
  return data;
}

/**
 * Whether it has a fraction: only then are there gradients.
 *
 * @example
 * isFloat("int32") // false
 */
export const isFloat = (dtype: DType): boolean => dtype === "float32" || dtype === "float64";
