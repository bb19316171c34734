/** ONNX files: our plain model to protobuf bytes. The only file, with its reader, that knows protobuf. */

import { create, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { OnnxAttribute } from "../graph/index.js";
import type { OnnxModel, OnnxNode, OnnxValueInfo } from "../lowering/index.js";
import type { DType, HostTensor } from "../tensor/index.js";

/** ONNX element type of each of ours. */
export const onnxDataType: Readonly<Record<DType, DataType>> = {
  float32: DataType.FLOAT,
  float64: DataType.DOUBLE,
  int8: DataType.INT8,
  uint8: DataType.UINT8,
  int32: DataType.INT32,
  int64: DataType.INT64,
  bool: DataType.BOOL,
};

function encodeTensor(name: string, t: HostTensor): TensorProto {
  // rawData is little-endian, as typed arrays are on every platform that ONNX Runtime supports.
  const rawData = new Uint8Array(
    t.data.buffer as ArrayBuffer,
    t.data.byteOffset,
    t.data.byteLength,
  );
  return create(TensorProtoSchema, {
    name,
    dims: t.shape.map(BigInt),
    dataType: onnxDataType[t.dtype],
    rawData,
  });
}

function encodeAttribute(name: string, value: OnnxAttribute): AttributeProto {
  const base = { name };
  if (typeof value === "bigint")
    return create(AttributeProtoSchema, { ...base, type: AttributeType.INT, i: value });
  if (typeof value === "number") {
    return create(AttributeProtoSchema, { ...base, type: AttributeType.INT, i: BigInt(value) });
  }
  if (typeof value === "string") {
    return create(AttributeProtoSchema, {
      ...base,
      type: AttributeType.STRING,
      s: new TextEncoder().encode(value),
    });
  }
  if ("float" in value)
    return create(AttributeProtoSchema, { ...base, type: AttributeType.FLOAT, f: value.float });
  if ("floats" in value) {
    return create(AttributeProtoSchema, {
      ...base,
      type: AttributeType.FLOATS,
      floats: [...value.floats],
    });
  }
  if ("body" in value) {
    return create(AttributeProtoSchema, {
      ...base,
      type: AttributeType.GRAPH,
      g: create(GraphProtoSchema, {
        name: "body",
        node: value.body.map(encodeNode),
        input: value.inputs.map(encodeValueInfo),
        output: value.outputs.map(encodeValueInfo),
      }),
    });
  }
  if ("dtype" in value) {
    return create(AttributeProtoSchema, {
      ...base,
      type: AttributeType.TENSOR,
      t: encodeTensor("", value),
    });
  }
  return create(AttributeProtoSchema, {
    ...base,
    type: AttributeType.INTS,
    ints: value.map(BigInt),
  });
}

const encodeNode = (n: OnnxNode): NodeProto =>
  create(NodeProtoSchema, {
    opType: n.opType,
    domain: n.domain,
    name: n.name,
    input: [...n.inputs],
    output: [...n.outputs],
    attribute: Object.entries(n.attrs).map(([name, value]) => encodeAttribute(name, value)),
  });

function encodeValueInfo({ name, dtype, shape }: OnnxValueInfo) {
  const dim = shape.map((d) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof d === "number"
          ? { case: "dimValue", value: BigInt(d) }
          : { case: "dimParam", value: d },
    }),
  );
  const tensorType = create(TypeProto_TensorSchema, {
    elemType: onnxDataType[dtype],
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  const type = create(TypeProtoSchema, { value: { case: "tensorType", value: tensorType } });
  return create(ValueInfoProtoSchema, { name, type });
}

/**
 * The bytes of an ONNX file. Numbers among the attributes are integers; floats are written `{ float: x }`.
 *
 * @example
 * const bytes = encodeOnnx(lowerGraph(buildGraph({ y: exp(input("x", [2])) })));
 */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const graph = create(GraphProtoSchema, {
    name: model.name,
    node: model.nodes.map(encodeNode),
    input: model.inputs.map(encodeValueInfo),
    output: model.outputs.map(encodeValueInfo),
    initializer: model.initializers.map((i) => encodeTensor(i.name, i.tensor)),
  });
  const proto = create(ModelProtoSchema, {
    irVersion: 10n,
    producerName: "frugal",
    opsetImport: Object.entries(model.opsets).map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
    metadataProps: Object.entries(model.metadata).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
    graph,
  });
  return toBinary(ModelProtoSchema, proto);
}
