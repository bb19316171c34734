/** The elements of a small ONNX tensor as plain numbers, whatever their type. */

import type { TensorProto } from "onnx-buf";
import { elementCount, type Shape } from "../tensor/index.js";
import type { ElementType } from "./onnx-elements.js";

type Reader = (view: DataView, offset: number) => number;

/** Half precision: 1 sign, 5 exponent, 10 fraction bits. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function bfloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}

const raw: { readonly [type in ElementType]?: readonly [number, Reader] } = {
  float32: [4, (v, o) => v.getFloat32(o, true)],
  float64: [8, (v, o) => v.getFloat64(o, true)],
  float16: [2, (v, o) => half(v.getUint16(o, true))],
  bfloat16: [2, (v, o) => bfloat(v.getUint16(o, true))],
  int8: [1, (v, o) => v.getInt8(o)],
  uint8: [1, (v, o) => v.getUint8(o)],
  bool: [1, (v, o) => v.getUint8(o)],
  int16: [2, (v, o) => v.getInt16(o, true)],
  uint16: [2, (v, o) => v.getUint16(o, true)],
  int32: [4, (v, o) => v.getInt32(o, true)],
  uint32: [4, (v, o) => v.getUint32(o, true)],
  int64: [8, (v, o) => Number(v.getBigInt64(o, true))],
  uint64: [8, (v, o) => Number(v.getBigUint64(o, true))],
};

/** The field of the message that holds elements of a type where raw data is absent. */
function typed(t: TensorProto, type: ElementType): readonly number[] {
  if (type === "float32") return t.floatData;
  if (type === "float64") return t.doubleData;
  if (type === "int64") return t.int64Data.map(Number);
  if (type === "uint32" || type === "uint64") return t.uint64Data.map(Number);
  if (type === "float16") return t.int32Data.map(half);
  return type === "bfloat16" ? t.int32Data.map(bfloat) : t.int32Data;
}

/** Undefined where the elements are no numbers, or are not as many as the shape says. */
export function readNumbers(
  t: TensorProto,
  type: ElementType,
  shape: Shape,
): readonly number[] | undefined {
  const reader = raw[type];
  if (!reader) return undefined;
  const count = elementCount(shape);
  if (t.rawData.length === 0) {
    const list = typed(t, type);
    return list.length === count ? list : undefined;
  }
  const [size, read] = reader;
  if (t.rawData.length !== count * size) return undefined;
  const view = new DataView(t.rawData.buffer, t.rawData.byteOffset, t.rawData.byteLength);
  return Array.from({ length: count }, (_, i) => read(view, i * size));
}

/** Tensors with more bytes than this are not looked through. */
const MOST_BYTES = 2 ** 30;

/** Number of elements whose bits, sign apart, are all 0. */
function zerosOfRaw(data: Uint8Array, size: number, sign: boolean): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const last = sign ? 0x7f : 0xff;
  let zeros = 0;
  if (size === 4) {
    const mask = sign ? 0x7fffffff : -1;
    for (let o = 0; o < data.length; o += 4) if ((view.getInt32(o, true) & mask) === 0) zeros++;
    return zeros;
  }
  for (let o = 0; o < data.length; o += size) {
    let bits = data[o + size - 1]! & last;
    for (let k = 0; k < size - 1; k++) bits |= data[o + k]!;
    if (bits === 0) zeros++;
  }
  return zeros;
}

/**
 * How many elements are 0; undefined where the type is packed, or unsigned: its zero is a zero point that is stored
 * elsewhere.
 */
export function countZeros(t: TensorProto, type: ElementType, shape: Shape): number | undefined {
  const reader = raw[type];
  if (!reader || type.startsWith("u")) return undefined;
  const [size] = reader;
  const count = elementCount(shape);
  if (t.rawData.length === 0) {
    const list = typed(t, type);
    return list.length === count ? list.filter((v) => v === 0).length : undefined;
  }
  if (t.rawData.length !== count * size || t.rawData.length > MOST_BYTES) return undefined;
  return zerosOfRaw(t.rawData, size, type.includes("float"));
}
