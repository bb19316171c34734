import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from "onnx-buf";
import { describe, expect, test } from "vitest";
import { UserError } from "../base/index.js";
import { buildGraph, constant, input } from "../graph/index.js";
import { lowerGraph } from "../lowering/index.js";
import { functions as f } from "../ops/index.js";
import { type DType, tensor } from "../tensor/index.js";
import { encodeOnnx } from "./onnx.js";
import { decodeOnnx } from "./onnx-file.js";
import { decodeOnnxTensor } from "./onnx-tensor.js";

const model = () =>
  encodeOnnx(
    lowerGraph(
      buildGraph({
        y: f.reduceSum(f.add(input("x", [2, 3]), constant(tensor("float32", [3], [1, 2, 3]))), {
          axes: [1],
        }),
      }),
      { metadata: { author: "test" } },
    ),
  );

const tensorBytes = (fields: Partial<TensorProto>) =>
  toBinary(TensorProtoSchema, create(TensorProtoSchema, fields as object));

describe("the ONNX reader", () => {
  test("reads back what the writer wrote", () => {
    const file = decodeOnnx(model());
    expect(file.producer).toBe("frugal");
    expect(file.opsets.get("")).toBe(21);
    expect(Object.fromEntries(file.metadata)).toEqual({ author: "test" });
    expect(file.graph.nodes.map((n) => n.opType)).toEqual(["Add", "ReduceSum"]);
    expect(file.graph.inputs).toMatchObject([
      { name: "x", type: { kind: "tensor", elementType: "float32", dims: [2, 3] } },
    ]);
    expect(file.graph.nodes[1]!.attributes.get("keepdims")).toEqual({ kind: "int", value: 0 });
    expect(file.graph.initializers.map((t) => t.contents())).toContainEqual({
      kind: "data",
      tensor: tensor("float32", [3], [1, 2, 3]),
    });
  });

  test("keeps the names of open dimensions", () => {
    const bytes = encodeOnnx(
      lowerGraph(buildGraph({ y: f.exp(input("x", [4, 2])) }), {
        symbolicBatch: { name: "batch", inputs: ["x"], outputs: ["y"] },
      }),
    );
    expect(decodeOnnx(bytes).graph.inputs[0]!.type).toMatchObject({ dims: ["batch", 2] });
  });

  // Each type in the field that onnx.proto assigns to it.
  test.each<[DType, Partial<TensorProto>]>([
    ["float32", { dataType: DataType.FLOAT, floatData: [1, 0] }],
    ["float64", { dataType: DataType.DOUBLE, doubleData: [1, 0] }],
    ["int8", { dataType: DataType.INT8, int32Data: [1, 0] }],
    ["uint8", { dataType: DataType.UINT8, int32Data: [1, 0] }],
    ["int32", { dataType: DataType.INT32, int32Data: [1, 0] }],
    ["int64", { dataType: DataType.INT64, int64Data: [1n, 0n] }],
    ["bool", { dataType: DataType.BOOL, int32Data: [1, 0] }],
  ])("reads typed data of %s", (dtype, fields) => {
    expect(decodeOnnxTensor(tensorBytes({ dims: [2n], ...fields }))).toEqual({
      kind: "data",
      tensor: tensor(dtype, [2], [1, 0]),
    });
  });

  test("reads raw data, little-endian", () => {
    // 1.5 is 0x3fc00000.
    const rawData = Uint8Array.of(0, 0, 0xc0, 0x3f);
    expect(decodeOnnxTensor(tensorBytes({ dataType: DataType.FLOAT, rawData }))).toEqual({
      kind: "data",
      tensor: tensor("float32", [], [1.5]),
    });
  });

  test("marks element types that Frugal does not have, and weights in other files", () => {
    expect(decodeOnnxTensor(tensorBytes({ dims: [2n], dataType: DataType.FLOAT16 }))).toEqual({
      kind: "unsupported",
      elementType: "float16",
      shape: [2],
    });
    const external = tensorBytes({
      dims: [2n, 3n],
      dataType: DataType.FLOAT,
      dataLocation: DataLocation.EXTERNAL,
      externalData: [{ key: "location", value: "weights.bin" }] as never,
    });
    expect(decodeOnnxTensor(external)).toEqual({
      kind: "external",
      dtype: "float32",
      shape: [2, 3],
      location: "weights.bin",
    });
  });

  test("reads attributes of every kind", () => {
    const text = (s: string) => new TextEncoder().encode(s);
    const attribute = [
      { name: "i", type: AttributeType.INT, i: -3n },
      { name: "f", type: AttributeType.FLOAT, f: 0.5 },
      { name: "s", type: AttributeType.STRING, s: text("SAME") },
      { name: "is", type: AttributeType.INTS, ints: [1n, 2n] },
      { name: "fs", type: AttributeType.FLOATS, floats: [0.5, 2] },
      { name: "ss", type: AttributeType.STRINGS, strings: [text("a"), text("b")] },
      { name: "t", type: AttributeType.TENSOR, t: { dataType: DataType.INT32, int32Data: [7] } },
      { name: "g", type: AttributeType.GRAPH, g: { name: "body" } },
      { name: "tp", type: AttributeType.TYPE_PROTO },
    ];
    const bytes = toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        opsetImport: [{ domain: "ai.onnx", version: 13n }],
        graph: { node: [{ opType: "Any", domain: "ai.onnx", attribute }] },
      } as object),
    );
    const file = decodeOnnx(bytes);
    expect([...file.opsets]).toEqual([["", 13]]);
    const node = file.graph.nodes[0]!;
    expect(node.domain).toBe("");
    const attributes = Object.fromEntries(node.attributes);
    expect(attributes).toMatchObject({
      i: { kind: "int", value: -3 },
      f: { kind: "float", value: 0.5 },
      s: { kind: "string", value: "SAME" },
      is: { kind: "ints", value: [1, 2] },
      fs: { kind: "floats", value: [0.5, 2] },
      ss: { kind: "strings", value: ["a", "b"] },
      t: { kind: "tensor", value: { elementType: "int32", shape: [] } },
      g: { kind: "graph", value: { name: "body", nodes: [] } },
      tp: { kind: "type", value: { kind: "opaque" } },
    });
    const { t } = attributes;
    expect(t!.kind === "tensor" && t!.value.numbers(1)).toEqual([7]);
  });
});

describe("the ONNX reader refuses", () => {
  const refusal = (body: () => unknown): UserError => {
    try {
      body();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).code).toBe("E_ONNX");
      return error as UserError;
    }
    return expect.fail("it was accepted");
  };

  test("a file that is something else, by its name", () => {
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
    const error = refusal(() => decodeOnnx(png, { where: "cat.png" }));
    expect(error.where).toBe("cat.png");
    expect(refusal(() => decodeOnnx(new Uint8Array(0))).what).toBe(
      "no graph is in it: not an ONNX model",
    );
  });

  test("a tensor whose data do not fill its shape, before making room for it", () => {
    const huge = tensorBytes({ dims: [1n << 40n], dataType: DataType.FLOAT, floatData: [1] });
    expect(refusal(() => decodeOnnxTensor(huge)).what).toBe(
      "1 elements of data for shape [1099511627776]",
    );
    const wide = tensorBytes({ dims: [1n << 40n, 1n << 40n], dataType: DataType.FLOAT });
    expect(refusal(() => decodeOnnxTensor(wide)).what).toContain("impossible shape");
    const negative = tensorBytes({ dims: [-1n], dataType: DataType.FLOAT });
    expect(refusal(() => decodeOnnxTensor(negative)).what).toContain("impossible shape");
    const ragged = tensorBytes({
      dims: [1n],
      dataType: DataType.FLOAT,
      rawData: new Uint8Array(3),
    });
    expect(refusal(() => decodeOnnxTensor(ragged)).what).toContain("elements of data");
  });

  test("graphs nested deeper than any stack", () => {
    // Field 7 of a model is its graph; within it node (1), attribute (5), graph (6), over and over.
    const wrap = (field: number, inner: Uint8Array): Uint8Array => {
      const length: number[] = [];
      for (let n = inner.length; ; n = Math.floor(n / 128)) {
        length.push(n < 128 ? n : (n % 128) | 128);
        if (n < 128) break;
      }
      return Uint8Array.of((field << 3) | 2, ...length, ...inner);
    };
    let bytes: Uint8Array = new Uint8Array(0);
    for (let depth = 0; depth < 1500; depth++) bytes = wrap(1, wrap(5, wrap(6, bytes)));
    refusal(() => decodeOnnx(wrap(7, bytes)));
  });

  test("or reads, and never crashes on, a file that was cut or damaged anywhere", () => {
    const whole = model();
    const survives = (bytes: Uint8Array) => {
      try {
        decodeOnnx(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    };
    for (let length = 0; length < whole.length; length++) survives(whole.slice(0, length));
    const edits = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(edits, (list) => {
        const damaged = whole.slice();
        for (const [place, byte] of list) damaged[place] = byte;
        survives(damaged);
      }),
      { seed: 5, numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { seed: 6, numRuns: 2000 });
  });
});
