/** ONNX files for counting: every node, element type, function and body; tensors stay packed until somebody asks. */

import { fromBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type FunctionProto,
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type StringStringEntryProto,
  type TensorProto,
  type TypeProto,
} from "onnx-buf";
import { UserError } from "../base/index.js";
import { elementCount, formatShape, type Shape } from "../tensor/index.js";
import { countZeros, readNumbers } from "./onnx-numbers.js";
import { decodeProtobuf, type ReadOnnxOptions, refuseOnnx } from "./onnx-reader.js";

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

export interface OutlineTensor {
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: Shape;
  /** The elements lie in another file. */
  readonly external: boolean;
  /** The elements as numbers, if they are here, are numbers, and are at most `most`. */
  numbers(most: number): readonly number[] | undefined;
  /** How many elements are stored as zeros; undefined where they lie elsewhere, are packed, or are not signed. */
  zeros(): number | undefined;
}

/** Type of a value as declared: lengths are numbers, names, or "?" where the file gives neither. */
export type OutlineType =
  | {
      readonly kind: "tensor";
      readonly elementType: ElementType;
      readonly dims: readonly (number | string)[] | undefined;
    }
  | { readonly kind: "sequence"; readonly of: OutlineType }
  | { readonly kind: "optional"; readonly of: OutlineType }
  | { readonly kind: "opaque"; readonly type: string };

export interface OutlineValue {
  readonly name: string;
  readonly type: OutlineType;
  readonly metadata: ReadonlyMap<string, string>;
}

export type OutlineAttribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: OutlineTensor }
  | { readonly kind: "graph"; readonly value: OutlineGraph }
  | { readonly kind: "type"; readonly value: OutlineType }
  /** In a function: the attribute of the call that has this name. */
  | { readonly kind: "reference"; readonly value: string }
  | { readonly kind: "other"; readonly value: string };

export interface OutlineNode {
  readonly opType: string;
  readonly domain: string;
  readonly overload: string;
  readonly name: string;
  /** Empty names mean "absent". */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OutlineAttribute>;
  readonly metadata: ReadonlyMap<string, string>;
}

export interface OutlineGraph {
  readonly name: string;
  readonly nodes: readonly OutlineNode[];
  readonly inputs: readonly OutlineValue[];
  readonly outputs: readonly OutlineValue[];
  readonly initializers: readonly OutlineTensor[];
  /** Declared types of values inside the graph. */
  readonly values: ReadonlyMap<string, OutlineValue>;
}

export interface OutlineFunction {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly defaults: ReadonlyMap<string, OutlineAttribute>;
  readonly opsets: ReadonlyMap<string, number>;
  readonly nodes: readonly OutlineNode[];
}

export interface OnnxOutline {
  readonly producer: string;
  /** Version of each operator set; "" is the standard one. */
  readonly opsets: ReadonlyMap<string, number>;
  /** By `functionKey`. */
  readonly functions: ReadonlyMap<string, OutlineFunction>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly graph: OutlineGraph;
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

function outlineTensor(t: TensorProto, place: string): OutlineTensor {
  const shape = t.dims.map(Number);
  if (shape.some((d) => d < 0) || !Number.isSafeInteger(elementCount(shape))) {
    throw refuseOnnx(`a tensor of impossible shape ${formatShape(shape)}`, place);
  }
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
  };
}

function outlineType(t: TypeProto | undefined): OutlineType {
  const { case: kind, value } = t?.value ?? { case: undefined, value: undefined };
  if (kind === "tensorType") {
    const dims = value.shape?.dim.map(({ value: d }) => {
      if (d.case === "dimValue") return Number(d.value);
      return d.case === "dimParam" && d.value ? d.value : "?";
    });
    return { kind: "tensor", elementType: elementTypeOf(value.elemType), dims };
  }
  if (kind === "sequenceType") return { kind: "sequence", of: outlineType(value.elemType) };
  if (kind === "optionalType") return { kind: "optional", of: outlineType(value.elemType) };
  return { kind: "opaque", type: kind ?? "untyped" };
}

const utf8 = new TextDecoder();

function outlineAttribute(a: AttributeProto, place: string): OutlineAttribute {
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
      return { kind: "tensor", value: outlineTensor(a.t, place) };
    case AttributeType.GRAPH:
      if (!a.g) throw refuseOnnx(`attribute "${a.name}" holds no graph`, place);
      return { kind: "graph", value: outlineGraph(a.g, place) };
    case AttributeType.TYPE_PROTO:
      return { kind: "type", value: outlineType(a.tp) };
    default:
      return { kind: "other", value: AttributeType[a.type] ?? String(a.type) };
  }
}

const outlineAttributes = (list: readonly AttributeProto[], place: string) =>
  new Map(list.map((a) => [a.name, outlineAttribute(a, place)]));

function outlineNode(n: NodeProto, place: string): OutlineNode {
  return {
    opType: n.opType,
    domain: standard(n.domain),
    overload: n.overload,
    name: n.name,
    inputs: n.input,
    outputs: n.output,
    attributes: outlineAttributes(n.attribute, place),
    metadata: textOf(n.metadataProps),
  };
}

function outlineGraph(g: GraphProto, place: string): OutlineGraph {
  if (g.sparseInitializer.length > 0) {
    throw new UserError("E_ONNX", "the graph has sparse initialisers", {
      where: place,
      next: "store them dense: their count of MACs is not defined by ONNX",
    });
  }
  const value = (v: GraphProto["input"][number]): OutlineValue => ({
    name: v.name,
    type: outlineType(v.type),
    metadata: textOf(v.metadataProps),
  });
  return {
    name: g.name,
    nodes: g.node.map((n) => outlineNode(n, place)),
    inputs: g.input.map(value),
    outputs: g.output.map(value),
    initializers: g.initializer.map((t) => outlineTensor(t, place)),
    values: new Map(g.valueInfo.map((v) => [v.name, value(v)])),
  };
}

const versions = (list: readonly { readonly domain: string; readonly version: bigint }[]) =>
  new Map(list.map((o) => [standard(o.domain), Number(o.version)]));

function outlineFunction(f: FunctionProto, place: string): OutlineFunction {
  return {
    name: f.name,
    inputs: f.input,
    outputs: f.output,
    defaults: outlineAttributes(f.attributeProto, place),
    opsets: versions(f.opsetImport),
    nodes: f.node.map((n) => outlineNode(n, place)),
  };
}

/**
 * The structure of an ONNX file: everything that shapes and counts depend on. Weights are neither copied nor needed.
 *
 * @throws UserError E_ONNX where the bytes are no ONNX model, are cut short, or contradict themselves.
 * @example
 * const bytes = encodeOnnx(lowerGraph(buildGraph({ y: relu(input("x", [2])) })));
 * outlineOnnx(bytes, { where: "model.onnx" }).graph.nodes.length // 1
 */
export function outlineOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxOutline {
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
          outlineFunction(f, where),
        ]),
      ),
      metadata: textOf(model.metadataProps),
      graph: outlineGraph(model.graph, where),
    };
  }, where);
}
