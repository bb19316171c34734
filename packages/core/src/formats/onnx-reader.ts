/** ONNX files: bytes to plain data. Whatever the bytes are, the answer is a model or a readable refusal. */

import { fromBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
} from "onnx-buf";
import { UserError } from "../base/index.js";
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

/** A tensor of a file: with its elements, or why they are not here. */
export type FileTensor =
  | { readonly kind: "data"; readonly tensor: HostTensor }
  /** An element type that Frugal does not compute with. */
  | { readonly kind: "unsupported"; readonly type: string; readonly shape: Shape }
  /** The elements lie in another file. */
  | {
      readonly kind: "external";
      readonly dtype: DType;
      readonly shape: Shape;
      readonly location: string;
    };

export type FileAttribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: FileTensor }
  | { readonly kind: "graph"; readonly value: FileGraph }
  | { readonly kind: "unsupported"; readonly type: string };

export interface FileNode {
  readonly opType: string;
  readonly domain: string;
  readonly name: string;
  /** Empty names mean "absent". */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: Readonly<Record<string, FileAttribute>>;
}

export interface FileValueInfo {
  readonly name: string;
  /** Undefined for element types and kinds of value that Frugal does not have; `type` then names it. */
  readonly dtype: DType | undefined;
  readonly type: string;
  /** Numbers, or names of dimensions ("?" where the file gives neither); undefined where the rank is open. */
  readonly shape: readonly (number | string)[] | undefined;
}

export interface FileGraph {
  readonly name: string;
  readonly nodes: readonly FileNode[];
  readonly inputs: readonly FileValueInfo[];
  readonly outputs: readonly FileValueInfo[];
  readonly initializers: ReadonlyMap<string, FileTensor>;
}

export interface OnnxFile {
  readonly producer: string;
  /** Version of each operator set; "" is the standard one. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Names of functions that the file itself defines. */
  readonly functions: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: FileGraph;
}

export interface ReadOnnxOptions {
  /** Named in error messages: the file's path. */
  readonly where?: string;
}

const dtypes: { readonly [type in DataType]?: DType } = {
  [DataType.FLOAT]: "float32",
  [DataType.DOUBLE]: "float64",
  [DataType.INT8]: "int8",
  [DataType.UINT8]: "uint8",
  [DataType.INT32]: "int32",
  [DataType.INT64]: "int64",
  [DataType.BOOL]: "bool",
};

/** Our element type for ONNX's number of it. */
export const dtypeOfOnnx = (type: number): DType | undefined => dtypes[type as DataType];

const typeName = (type: number): string => DataType[type]?.toLowerCase() ?? `element type ${type}`;

/** The refusal of a file that is no sound ONNX model. */
export const refuseOnnx = (what: string, where?: string): UserError =>
  new UserError("E_ONNX", what, {
    ...(where ? { where } : {}),
    next: "check that the file is complete: `python -m onnx.checker FILE` says more",
  });

function decodeShape(t: TensorProto, where: string): Shape {
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

function decodeTensor(t: TensorProto, place: string): FileTensor {
  const where = t.name ? `${place}, tensor "${t.name}"` : place;
  const shape = decodeShape(t, where);
  const dtype = dtypeOfOnnx(t.dataType);
  if (dtype === undefined) return { kind: "unsupported", type: typeName(t.dataType), shape };
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

const utf8 = new TextDecoder();

function decodeAttribute(a: AttributeProto, where: string): FileAttribute {
  switch (a.type) {
    case AttributeType.INT:
      return { kind: "int", value: Number(a.i) };
    case AttributeType.FLOAT:
      return { kind: "float", value: a.f };
    case AttributeType.STRING:
      return { kind: "string", value: utf8.decode(a.s) };
    case AttributeType.INTS:
      return { kind: "ints", value: a.ints.map(Number) };
    case AttributeType.FLOATS:
      return { kind: "floats", value: [...a.floats] };
    case AttributeType.STRINGS:
      return { kind: "strings", value: a.strings.map((s) => utf8.decode(s)) };
    case AttributeType.TENSOR:
      if (!a.t) throw refuseOnnx(`attribute "${a.name}" holds no tensor`, where);
      return { kind: "tensor", value: decodeTensor(a.t, where) };
    case AttributeType.GRAPH:
      if (!a.g) throw refuseOnnx(`attribute "${a.name}" holds no graph`, where);
      return { kind: "graph", value: decodeGraph(a.g, where) };
    default:
      return { kind: "unsupported", type: AttributeType[a.type] ?? String(a.type) };
  }
}

function decodeNode(n: NodeProto, place: string): FileNode {
  const where = `${place}, node ${n.opType}${n.name ? ` "${n.name}"` : ""}`;
  return {
    opType: n.opType,
    domain: n.domain === "ai.onnx" ? "" : n.domain,
    name: n.name,
    inputs: n.input,
    outputs: n.output,
    attrs: Object.fromEntries(n.attribute.map((a) => [a.name, decodeAttribute(a, where)])),
  };
}

function decodeValueInfo(v: ValueInfoProto): FileValueInfo {
  const { case: kind, value } = v.type?.value ?? { case: undefined, value: undefined };
  if (kind !== "tensorType") {
    return { name: v.name, dtype: undefined, type: kind ?? "untyped", shape: undefined };
  }
  const shape = value.shape?.dim.map(({ value: d }) => {
    if (d.case === "dimValue") return Number(d.value);
    return d.case === "dimParam" && d.value ? d.value : "?";
  });
  return {
    name: v.name,
    dtype: dtypeOfOnnx(value.elemType),
    type: typeName(value.elemType),
    shape,
  };
}

function decodeGraph(g: GraphProto, where: string): FileGraph {
  return {
    name: g.name,
    nodes: g.node.map((n) => decodeNode(n, where)),
    inputs: g.input.map(decodeValueInfo),
    outputs: g.output.map(decodeValueInfo),
    initializers: new Map(g.initializer.map((t) => [t.name, decodeTensor(t, where)])),
  };
}

/** Runs the protobuf library: everything it throws (truncation, bad tags, absurd nesting) means a broken file. */
export function decodeProtobuf<T>(body: () => T, where: string): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof UserError) throw error;
    // What a reader of bytes says when a length leads beyond the last of them.
    const isShort = error instanceof RangeError || /premature EOF/.test(String(error));
    const said = error instanceof Error ? error.message : String(error);
    const reason = isShort ? "it ends before what it says is in it" : said;
    throw refuseOnnx(`not a readable ONNX file: ${reason}`, where);
  }
}

/**
 * The contents of an ONNX file.
 *
 * @throws UserError E_ONNX where the bytes are no ONNX model, are cut short, or contradict themselves.
 * @example
 * const bytes = encodeOnnx(lowerGraph(buildGraph({ y: relu(input("x", [2])) })));
 * decodeOnnx(bytes, { where: "model.onnx" }).graph.nodes.map((n) => n.opType) // ["Relu"]
 */
export function decodeOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxFile {
  const where = options.where ?? "ONNX bytes";
  return decodeProtobuf(() => {
    const model = fromBinary(ModelProtoSchema, bytes);
    if (!model.graph || model.opsetImport.length === 0) {
      throw refuseOnnx(
        `${model.graph ? "no operator set is named" : "no graph is in it"}: not an ONNX model`,
        where,
      );
    }
    return {
      producer: model.producerName,
      opsets: Object.fromEntries(
        model.opsetImport.map((o) => [o.domain === "ai.onnx" ? "" : o.domain, Number(o.version)]),
      ),
      functions: model.functions.map((f) => f.name),
      metadata: Object.fromEntries(model.metadataProps.map((p) => [p.key, p.value])),
      graph: decodeGraph(model.graph, where),
    };
  }, where);
}

/**
 * The tensor of a `.pb` file, as the official test data store them.
 *
 * @example
 * decodeOnnxTensor(Uint8Array.of(255)) // throws E_ONNX
 */
export function decodeOnnxTensor(bytes: Uint8Array, options: ReadOnnxOptions = {}): FileTensor {
  const where = options.where ?? "ONNX tensor bytes";
  return decodeProtobuf(() => decodeTensor(fromBinary(TensorProtoSchema, bytes), where), where);
}
