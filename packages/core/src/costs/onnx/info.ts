/** What is known of a value before the model runs: type, shape, and the elements of small ones. */

import type { ElementType } from "../../formats/index.js";
import { bytesPerOnnxElement } from "../../formats/index.js";
import { elementCount, type Shape } from "../../tensor/index.js";

export interface TensorInfo {
  readonly kind: "tensor";
  readonly elementType: ElementType;
  /**
   * A length that depends on data is NaN: arithmetic on it stays NaN, so what depends on it is found unknown without
   * being told. Undefined: not even the rank is known.
   */
  readonly shape: Shape | undefined;
  /** The elements, where they do not depend on the inputs and are few: what shapes are computed from. */
  readonly values?: readonly number[];
}

export interface SequenceInfo {
  readonly kind: "sequence";
  readonly of: Info | undefined;
  /** The members, where their number is known. */
  readonly items?: readonly Info[];
}

/** An optional that may be empty, a map, a sparse tensor. */
export interface OpaqueInfo {
  readonly kind: "opaque";
  readonly type: string;
  readonly of?: Info;
}

export type Info = TensorInfo | SequenceInfo | OpaqueInfo;

/** Tensors with more elements than this are not followed: shapes are computed from a few numbers. */
export const MOST_VALUES = 4096;

export const tensorInfo = (
  elementType: ElementType,
  shape: Shape | undefined,
  values?: readonly number[],
): TensorInfo => ({
  kind: "tensor",
  elementType,
  shape,
  ...(values && shape && values.length === elementCount(shape) && values.length <= MOST_VALUES
    ? { values }
    : {}),
});

export const isStatic = (shape: Shape | undefined): shape is Shape =>
  shape?.every((d) => !Number.isNaN(d)) === true;

/** Number of elements; NaN where the shape is not known. */
export const countOf = (info: Info | undefined): number =>
  info?.kind === "tensor" && info.shape ? elementCount(info.shape) : Number.NaN;

/** Bytes of a value; NaN where the shape is not known. */
export function bytesOfInfo(info: Info | undefined): number {
  if (info?.kind === "tensor") {
    // Packed types fill their last byte.
    return Math.ceil(countOf(info) * bytesPerOnnxElement(info.elementType));
  }
  if (info?.kind === "sequence" && info.items) {
    return info.items.reduce((n, item) => n + bytesOfInfo(item), 0);
  }
  return Number.NaN;
}

/** As numpy broadcasts; an unknown length stretches to a known one greater than 1. Undefined where they do not fit. */
export function broadcastKnown(...shapes: readonly Shape[]): Shape | undefined {
  const rank = shapes.reduce((n, s) => Math.max(n, s.length), 0);
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const axis = rank - shape.length + i;
      const d = shape[i]!;
      const r = result[axis]!;
      if (d === r || d === 1) continue;
      if (r === 1 || (Number.isNaN(r) && !Number.isNaN(d))) result[axis] = d;
      else if (!Number.isNaN(d)) return undefined;
    }
  }
  return result;
}

export const describeInfo = (info: Info | undefined): string => {
  if (!info) return "absent";
  if (info.kind !== "tensor") return info.kind === "sequence" ? "a sequence" : info.type;
  const dims = info.shape?.map((d) => (Number.isNaN(d) ? "?" : String(d))).join(", ");
  return `${info.elementType}[${dims ?? "..."}]`;
};
