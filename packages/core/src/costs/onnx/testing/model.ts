/** Small ONNX files, written from a few words: for tests of what real exporters do not produce. */

import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  ModelProtoSchema,
} from "onnx-buf";

/** A length, or a name. */
export type Dim = number | string;

export interface TinyNode {
  readonly op: string;
  readonly in: readonly string[];
  readonly out: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, number | string | readonly number[] | TinyGraph>>;
  /** Open calls when the node was made, outermost first: a layer's path, and the line of Python that it had come to. */
  readonly calls?: readonly (readonly [layer: string, line: number, text: string])[];
  /** Attributes that take the value of the call's attribute. */
  readonly references?: Readonly<Record<string, string>>;
}

export interface TinyGraph {
  readonly inputs?: Readonly<Record<string, readonly Dim[] | undefined>>;
  readonly outputs: readonly string[];
  readonly nodes: readonly TinyNode[];
  /** Weights that lie elsewhere, by shape. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  /** Integer vectors with their elements. */
  readonly integers?: Readonly<Record<string, readonly number[]>>;
  /** Integer scalars and booleans that are data. */
  readonly scalars?: Readonly<Record<string, number>>;
}

export interface TinyModel extends TinyGraph {
  readonly opset?: number;
  readonly functions?: readonly {
    readonly name: string;
    readonly domain: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly nodes: readonly TinyNode[];
  }[];
}

const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;

function attribute(name: string, value: number | string | readonly number[] | TinyGraph) {
  if (typeof value === "string") {
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  }
  if (typeof value === "number") {
    return Number.isInteger(value)
      ? { name, type: AttributeType.INT, i: BigInt(value) }
      : { name, type: AttributeType.FLOAT, f: value };
  }
  if ("nodes" in value) return { name, type: AttributeType.GRAPH, g: graph(value) };
  return { name, type: AttributeType.INTS, ints: value.map(BigInt) };
}

/** As PyTorch's exporter writes it. */
const metadata = (calls: NonNullable<TinyNode["calls"]>) => [
  {
    key: "pkg.torch.onnx.name_scopes",
    value: `[${[...calls.map(([layer]) => layer), "op"].map((name) => `'${name}'`).join(", ")}]`,
  },
  {
    key: "pkg.torch.onnx.stack_trace",
    value: calls
      .map(([, line, text]) => `File "net.py", line ${line}, in forward\n    ${text}`)
      .join("\n  "),
  },
];

const node = (n: TinyNode) => ({
  opType: n.op,
  domain: n.domain ?? "",
  name: n.name ?? "",
  input: [...n.in],
  output: [...n.out],
  metadataProps: n.calls ? metadata(n.calls) : [],
  attribute: [
    ...Object.entries(n.attributes ?? {}).map(([name, value]) => attribute(name, value)),
    ...Object.entries(n.references ?? {}).map(([name, refAttrName]) => ({
      name,
      refAttrName,
      type: AttributeType.INT,
    })),
  ],
});

function valueInfo(name: string, dims: readonly Dim[] | undefined) {
  const dim = dims?.map((d) => ({
    value:
      typeof d === "number"
        ? { case: "dimValue", value: BigInt(d) }
        : { case: "dimParam", value: d },
  }));
  const value = { elemType: FLOAT, ...(dim ? { shape: { dim } } : {}) };
  return { name, type: { value: { case: "tensorType", value } } };
}

function graph(g: TinyGraph): object {
  return {
    name: "g",
    node: g.nodes.map(node),
    input: Object.entries(g.inputs ?? {}).map(([name, dims]) => valueInfo(name, dims)),
    output: g.outputs.map((name) => ({ name })),
    initializer: [
      ...Object.entries(g.weights ?? {}).map(([name, dims]) => ({
        name,
        dims: dims.map(BigInt),
        dataType: FLOAT,
        dataLocation: DataLocation.EXTERNAL,
        externalData: [{ key: "location", value: "elsewhere" }],
      })),
      ...Object.entries(g.integers ?? {}).map(([name, list]) => ({
        name,
        dims: [BigInt(list.length)],
        dataType: INT64,
        int64Data: list.map(BigInt),
      })),
      ...Object.entries(g.scalars ?? {}).map(([name, v]) => ({
        name,
        dataType: name.startsWith("is") ? BOOL : INT64,
        ...(name.startsWith("is") ? { int32Data: [v] } : { int64Data: [BigInt(v)] }),
      })),
    ],
  };
}

/** The bytes of a model. */
export function tinyOnnx(model: TinyModel): Uint8Array {
  const { opset = 20, functions = [], ...main } = model;
  const domains = [...new Set(functions.map((f) => f.domain))];
  const message = {
    irVersion: 8n,
    opsetImport: [
      { domain: "", version: BigInt(opset) },
      ...domains.map((domain) => ({ domain, version: 1n })),
    ],
    graph: graph(main),
    functions: functions.map((f) => ({
      name: f.name,
      domain: f.domain,
      input: [...f.inputs],
      output: [...f.outputs],
      node: f.nodes.map(node),
      opsetImport: [{ domain: "", version: BigInt(opset) }],
    })),
  };
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, message as object));
}
