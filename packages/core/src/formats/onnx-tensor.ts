/** The tensors of ONNX files, as host tensors. */

import { fromBinary } from "@bufbuild/protobuf";
import {
  TensorProto_DataLocation as DataLocation,
  type TensorProto,
  TensorProtoSchema,
} from "onnx-buf";
import {
  allocate,
  bytesPerElement,
  type DType,
  elementCount,
  formatShape,
  type HostTensor,
  type Shape,
  tensor,
} from "../tensor/index.js";
import { dtypeOfElement, type ElementType, elementTypeOf } from "./onnx-elements.js";
import { decodeProtobuf, type ReadOnnxOptions, refuseOnnx } from "./onnx-protobuf.js";

/** A tensor of a file: with its elements, or why they are not here. */
export type TensorContents =
  | { readonly kind: "data"; readonly tensor: HostTensor }
  /** An element type that Frugal does not compute with. */
  | { readonly kind: "unsupported"; readonly elementType: ElementType; readonly shape: Shape }
  /** The elements lie in another file. */
  | {
      readonly kind: "external";
      readonly dtype: DType;
      readonly shape: Shape;
      readonly location: string;
    };

export function decodeShape(t: TensorProto, where: string): Shape {
  const shape = t.dims.map(Number);
  const total = elementCount(shape);
  if (shape.some((d) => d < 0) || !Number.isSafeInteger(total)) {
    throw refuseOnnx(`a tensor of impossible shape ${formatShape(shape)}`, where);
  }
  return shape;
}

/** The typed field that holds elements of a type where raw data is absent. */
function typedElements(t: TensorProto, dtype: DType): ArrayLike<number | bigint> {
  if (dtype === "float32") return t.floatData;
  if (dtype === "float64") return t.doubleData;
  return dtype === "int64" ? t.int64Data : t.int32Data;
}

export function decodeTensor(t: TensorProto, place: string): TensorContents {
  const where = t.name ? `${place}, tensor "${t.name}"` : place;
  const shape = decodeShape(t, where);
  const elementType = elementTypeOf(t.dataType);
  const dtype = dtypeOfElement(elementType);
  if (dtype === undefined) return { kind: "unsupported", elementType, shape };
  if (t.dataLocation === DataLocation.EXTERNAL) {
    const location = t.externalData.find((entry) => entry.key === "location")?.value ?? "";
    return { kind: "external", dtype, shape, location };
  }
  const count = elementCount(shape);
  const { rawData } = t;
  const typed = typedElements(t, dtype);
  // Compared before anything is allocated: a few bytes must not ask for gigabytes.
  const present = rawData.length > 0 ? rawData.length / bytesPerElement(dtype) : typed.length;
  if (present !== count) {
    throw refuseOnnx(`${present} elements of data for shape ${formatShape(shape)}`, where);
  }
  const data = allocate(dtype, count);
  if (rawData.length > 0) new Uint8Array(data.buffer).set(rawData);
  else if (dtype === "int64") (data as BigInt64Array).set(typed as ArrayLike<bigint>);
  else (data as Float64Array).set(typed as ArrayLike<number>);
  return { kind: "data", tensor: tensor(dtype, shape, data) };
}

/**
 * The tensor of a `.pb` file, as the official test data store them.
 *
 * @example
 * decodeOnnxTensor(Uint8Array.of(255)) // throws E_ONNX
 */
export function decodeOnnxTensor(bytes: Uint8Array, options: ReadOnnxOptions = {}): TensorContents {
  const where = options.where ?? "ONNX tensor bytes";
  return decodeProtobuf(() => decodeTensor(fromBinary(TensorProtoSchema, bytes), where), where);
}
