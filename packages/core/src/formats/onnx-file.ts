/** ONNX files: every node, element type, function and body as plain data; tensors stay packed until somebody asks. */

import { fromBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  type FunctionProto,
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type StringStringEntryProto,
  type TensorProto,
  type TypeProto,
} from "onnx-buf";
import { UserError } from "../base/index.js";
import { elementCount, type Shape } from "../tensor/index.js";
import { type ElementType, elementTypeOf } from "./onnx-elements.js";
import { countZeros, readNumbers } from "./onnx-numbers.js";
import { decodeProtobuf, type ReadOnnxOptions, refuseOnnx } from "./onnx-protobuf.js";
import { decodeShape, decodeTensor, type TensorContents } from "./onnx-tensor.js";

export interface OnnxFileTensor {
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: Shape;
  /** The elements lie in another file. */
  readonly external: boolean;
  /** The elements as numbers, if they are here, are numbers, and are at most `most`. */
  numbers(most: number): readonly number[] | undefined;
  /** How many elements are stored as zeros; undefined where they lie elsewhere, are packed, or are not signed. */
  zeros(): number | undefined;
  /** The elements to compute with, or why they are not here; throws E_ONNX where they do not fill the shape. */
  contents(): TensorContents;
}

/** Type of a value as declared: lengths are numbers, names, or "?" where the file gives neither. */
export type OnnxFileType =
  | {
      readonly kind: "tensor";
      readonly elementType: ElementType;
      readonly dims: readonly (number | string)[] | undefined;
    }
  | { readonly kind: "sequence"; readonly of: OnnxFileType }
  | { readonly kind: "optional"; readonly of: OnnxFileType }
  | { readonly kind: "opaque"; readonly type: string };

export interface OnnxFileValue {
  readonly name: string;
  readonly type: OnnxFileType;
  readonly metadata: ReadonlyMap<string, string>;
}

export type OnnxFileAttribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: OnnxFileTensor }
  | { readonly kind: "graph"; readonly value: OnnxFileGraph }
  | { readonly kind: "type"; readonly value: OnnxFileType }
  /** In a function: the attribute of the call that has this name. */
  | { readonly kind: "reference"; readonly value: string }
  | { readonly kind: "other"; readonly value: string };

export interface OnnxFileNode {
  readonly opType: string;
  readonly domain: string;
  readonly overload: string;
  readonly name: string;
  /** Empty names mean "absent". */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxFileAttribute>;
  readonly metadata: ReadonlyMap<string, string>;
}

export interface OnnxFileGraph {
  readonly name: string;
  readonly nodes: readonly OnnxFileNode[];
  readonly inputs: readonly OnnxFileValue[];
  readonly outputs: readonly OnnxFileValue[];
  readonly initializers: readonly OnnxFileTensor[];
  /** Declared types of values inside the graph. */
  readonly values: ReadonlyMap<string, OnnxFileValue>;
}

export interface OnnxFileFunction {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly defaults: ReadonlyMap<string, OnnxFileAttribute>;
  readonly opsets: ReadonlyMap<string, number>;
  readonly nodes: readonly OnnxFileNode[];
}

export interface OnnxFile {
  readonly producer: string;
  /** Version of each operator set; "" is the standard one. */
  readonly opsets: ReadonlyMap<string, number>;
  /** By `functionKey`. */
  readonly functions: ReadonlyMap<string, OnnxFileFunction>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly graph: OnnxFileGraph;
}

const standard = (domain: string): string => (domain === "ai.onnx" ? "" : domain);

/**
 * What a call and the function it calls agree on.
 *
 * @example
 * functionKey("my.domain", "Block", "") // "my.domain:Block:"
 */
export const functionKey = (domain: string, name: string, overload: string): string =>
  `${standard(domain)}:${name}:${overload}`;

const textOf = (entries: readonly StringStringEntryProto[]): ReadonlyMap<string, string> =>
  new Map(entries.map((e) => [e.key, e.value]));

function fileTensor(t: TensorProto, place: string): OnnxFileTensor {
  const shape = decodeShape(t, place);
  const elementType = elementTypeOf(t.dataType);
  const external = t.dataLocation === DataLocation.EXTERNAL;
  return {
    name: t.name,
    elementType,
    shape,
    external,
    numbers: (most) =>
      external || elementCount(shape) > most ? undefined : readNumbers(t, elementType, shape),
    zeros: () => (external ? undefined : countZeros(t, elementType, shape)),
    contents: () => decodeTensor(t, place),
  };
}

function decodeType(t: TypeProto | undefined): OnnxFileType {
  const { case: kind, value } = t?.value ?? { case: undefined, value: undefined };
  if (kind === "tensorType") {
    const dims = value.shape?.dim.map(({ value: d }) => {
      if (d.case === "dimValue") return Number(d.value);
      return d.case === "dimParam" && d.value ? d.value : "?";
    });
    return { kind: "tensor", elementType: elementTypeOf(value.elemType), dims };
  }
  if (kind === "sequenceType") return { kind: "sequence", of: decodeType(value.elemType) };
  if (kind === "optionalType") return { kind: "optional", of: decodeType(value.elemType) };
  return { kind: "opaque", type: kind ?? "untyped" };
}

const utf8 = new TextDecoder();

function decodeAttribute(a: AttributeProto, place: string): OnnxFileAttribute {
  if (a.refAttrName) return { kind: "reference", value: a.refAttrName };
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
      return { kind: "floats", value: a.floats };
    case AttributeType.STRINGS:
      return { kind: "strings", value: a.strings.map((s) => utf8.decode(s)) };
    case AttributeType.TENSOR:
      if (!a.t) throw refuseOnnx(`attribute "${a.name}" holds no tensor`, place);
      return { kind: "tensor", value: fileTensor(a.t, place) };
    case AttributeType.GRAPH:
      if (!a.g) throw refuseOnnx(`attribute "${a.name}" holds no graph`, place);
      return { kind: "graph", value: decodeGraph(a.g, place) };
    case AttributeType.TYPE_PROTO:
      return { kind: "type", value: decodeType(a.tp) };
    default:
      return { kind: "other", value: AttributeType[a.type] ?? String(a.type) };
  }
}

const decodeAttributes = (list: readonly AttributeProto[], place: string) =>
  new Map(list.map((a) => [a.name, decodeAttribute(a, place)]));

function decodeNode(n: NodeProto, place: string): OnnxFileNode {
  return {
    opType: n.opType,
    domain: standard(n.domain),
    overload: n.overload,
    name: n.name,
    inputs: n.input,
    outputs: n.output,
    attributes: decodeAttributes(n.attribute, place),
    metadata: textOf(n.metadataProps),
  };
}

function decodeGraph(g: GraphProto, place: string): OnnxFileGraph {
  if (g.sparseInitializer.length > 0) {
    throw new UserError("E_ONNX", "the graph has sparse initialisers", {
      where: place,
      next: "store them dense",
    });
  }
  const value = (v: GraphProto["input"][number]): OnnxFileValue => ({
    name: v.name,
    type: decodeType(v.type),
    metadata: textOf(v.metadataProps),
  });
  return {
    name: g.name,
    nodes: g.node.map((n) => decodeNode(n, place)),
    inputs: g.input.map(value),
    outputs: g.output.map(value),
    initializers: g.initializer.map((t) => fileTensor(t, place)),
    values: new Map(g.valueInfo.map((v) => [v.name, value(v)])),
  };
}

const versions = (list: readonly { readonly domain: string; readonly version: bigint }[]) =>
  new Map(list.map((o) => [standard(o.domain), Number(o.version)]));

function decodeFunction(f: FunctionProto, place: string): OnnxFileFunction {
  return {
    name: f.name,
    inputs: f.input,
    outputs: f.output,
    defaults: decodeAttributes(f.attributeProto, place),
    opsets: versions(f.opsetImport),
    nodes: f.node.map((n) => decodeNode(n, place)),
  };
}

/**
 * The structure of an ONNX file: everything that shapes and counts depend on. Weights are neither copied nor needed.
 *
 * @throws UserError E_ONNX where the bytes are no ONNX model, are cut short, or contradict themselves.
 * @example
 * const bytes = encodeOnnx(lowerGraph(buildGraph({ y: relu(input("x", [2])) })));
 * decodeOnnx(bytes, { where: "model.onnx" }).graph.nodes.length // 1
 */
export function decodeOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxFile {
  const where = options.where ?? "ONNX bytes";
  return decodeProtobuf(() => {
    const model = fromBinary(ModelProtoSchema, bytes);
    if (!model.graph) throw refuseOnnx("no graph is in it: not an ONNX model", where);
    if (model.opsetImport.length === 0) {
      throw refuseOnnx("no operator set is named: not an ONNX model", where);
    }
    return {
      producer: model.producerName,
      opsets: versions(model.opsetImport),
      functions: new Map(
        model.functions.map((f) => [
          functionKey(f.domain, f.name, f.overload),
          decodeFunction(f, where),
        ]),
      ),
      metadata: textOf(model.metadataProps),
      graph: decodeGraph(model.graph, where),
    };
  }, where);
}
