import { describe, expect, test } from "vitest";
import { UserError } from "../../base/index.js";
import { inputName } from "../../graph/index.js";
import { fromHost, interpret } from "../../reference/index.js";
import { type DType, type HostTensor, tensor } from "../../tensor/index.js";
import type { OnnxFile, OnnxFileAttribute, OnnxFileNode, OnnxFileTensor } from "../onnx-file.js";
import type { TensorContents } from "../onnx-tensor.js";
import { importOnnx } from "./index.js";

type Attrs = Record<string, OnnxFileAttribute>;

const node = (
  opType: string,
  inputs: string[],
  outputs: string[],
  attrs: Attrs = {},
): OnnxFileNode => ({
  opType,
  domain: "",
  overload: "",
  name: opType.toLowerCase(),
  inputs,
  outputs,
  attributes: new Map(Object.entries(attrs)),
  metadata: new Map(),
});

interface Parts {
  readonly inputs?: Record<string, readonly (number | string)[]>;
  readonly dtype?: DType;
  readonly constants?: Record<string, HostTensor | TensorContents>;
  readonly outputs?: readonly string[];
  readonly opset?: number;
}

function stored(name: string, contents: TensorContents): OnnxFileTensor {
  const { shape } = contents.kind === "data" ? contents.tensor : contents;
  return {
    name,
    elementType: contents.kind === "data" ? contents.tensor.dtype : "float32",
    shape,
    external: contents.kind === "external",
    numbers: () => undefined,
    zeros: () => undefined,
    contents: () => contents,
  };
}

function file(nodes: readonly OnnxFileNode[], parts: Parts = {}): OnnxFile {
  const { inputs = { x: [2, 3] }, constants = {}, outputs = ["y"], opset = 21 } = parts;
  const info = (name: string, dims?: readonly (number | string)[]) => ({
    name,
    type: { kind: "tensor" as const, elementType: parts.dtype ?? ("float32" as const), dims },
    metadata: new Map(),
  });
  return {
    producer: "test",
    opsets: new Map([["", opset]]),
    functions: new Map(),
    metadata: new Map(),
    graph: {
      name: "g",
      nodes,
      inputs: Object.entries(inputs).map(([name, shape]) => info(name, shape)),
      outputs: outputs.map((name) => info(name)),
      initializers: Object.entries(constants).map(([name, t]) =>
        stored(name, "kind" in t ? t : { kind: "data", tensor: t }),
      ),
      values: new Map(),
    },
  };
}

const ints = (...values: number[]) => tensor("int64", [values.length], values);
const x = tensor("float32", [2, 3], [1, 2, 3, 4, 5, 6]);
const run = (f: OnnxFile, feeds: Record<string, HostTensor> = { x }) => {
  const doubles = Object.entries(feeds).map(([name, t]) => [name, fromHost(t)]);
  return interpret(importOnnx(f), Object.fromEntries(doubles)).y!;
};

describe("an ONNX model is imported", () => {
  test("with node names as layer paths and its inputs in order", () => {
    const graph = importOnnx(
      file([{ ...node("Add", ["x", "w"], ["y"]), name: "/layer1/add" }], {
        inputs: { w: [3], x: [2, 3] },
      }),
    );
    expect(graph.inputs.map(inputName)).toEqual(["w", "x"]);
    expect(graph.outputs.y!.node.path).toBe("layer1.add");
  });

  test("with named dimensions given a length", () => {
    const open = file([node("Relu", ["x"], ["y"])], { inputs: { x: ["N", 3] } });
    expect(importOnnx(open, { dimensions: { N: 7 } }).outputs.y!.shape).toEqual([7, 3]);
    expect(() => importOnnx(open)).toThrow('dimension "N" of graph input "x" has no length');
  });

  test("with shapes that the model computes from shapes", () => {
    // Reshape to [shape(x)[1], -1], as exporters of dynamic models write it.
    const nodes = [
      node("Shape", ["x"], ["s"]),
      node("Gather", ["s", "one"], ["d"], { axis: { kind: "int", value: 0 } }),
      node("Concat", ["d", "rest"], ["target"], { axis: { kind: "int", value: 0 } }),
      node("Reshape", ["x", "target"], ["y"]),
    ];
    const constants = { one: ints(1), rest: ints(-1) };
    expect(run(file(nodes, { constants })).shape).toEqual([3, 2]);
  });

  test("with the meaning of its own operator set", () => {
    // Before opset 13 softmax normalised over everything from its axis on.
    const softmax = (opset: number) =>
      run(
        file([node("Softmax", ["x"], ["y"], { axis: { kind: "int", value: 0 } })], { opset }),
      ).data.reduce((a, b) => a + b, 0);
    expect(softmax(11)).toBeCloseTo(1, 12);
    expect(softmax(13)).toBeCloseTo(3, 12);
    // Axes were an attribute of ReduceSum until 12, and are an input since.
    const attr: Attrs = {
      axes: { kind: "ints", value: [1] },
      keepdims: { kind: "int", value: 0 },
    };
    expect([...run(file([node("ReduceSum", ["x"], ["y"], attr)], { opset: 11 })).data]).toEqual([
      6, 15,
    ]);
    const keep: Attrs = { keepdims: { kind: "int", value: 0 } };
    const since = file([node("ReduceSum", ["x", "a"], ["y"], keep)], { constants: { a: ints(1) } });
    expect([...run(since).data]).toEqual([6, 15]);
  });

  test("with weights that lie in another file as inputs", () => {
    const w: TensorContents = {
      kind: "external",
      dtype: "float32",
      shape: [3, 4],
      location: "w.bin",
    };
    const graph = importOnnx(file([node("MatMul", ["x", "w"], ["y"])], { constants: { w } }));
    expect(graph.outputs.y!.shape).toEqual([2, 4]);
    expect(graph.inputs.map(inputName)).toEqual(["x", "w"]);
  });
});

describe("an ONNX model is refused", () => {
  const refusal = (f: OnnxFile): UserError => {
    try {
      importOnnx(f);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      return error as UserError;
    }
    return expect.fail("it was accepted");
  };

  test("for an operator that is not supported, by name and place", () => {
    const error = refusal(file([node("Einsum", ["x"], ["y"])]));
    expect(error.what).toBe("operator Einsum is not supported");
    expect(error.where).toBe("einsum");
    const custom = { ...node("Decode", ["x"], ["y"]), domain: "com.acme" };
    expect(refusal(file([custom])).what).toBe("operator com.acme.Decode is not supported");
  });

  test("for an attribute that nobody looked at, since it might change the result", () => {
    const odd = node("Relu", ["x"], ["y"], { leak: { kind: "float", value: 0.1 } });
    expect(refusal(file([odd])).what).toBe("Relu: attribute leak is not supported in opset 21");
  });

  test("for an attribute of the wrong kind", () => {
    const odd = node("Softmax", ["x"], ["y"], { axis: { kind: "string", value: "last" } });
    expect(refusal(file([odd])).what).toBe("Softmax: attribute axis is of kind string");
  });

  test("for a shape that is only known when the model runs", () => {
    const late = file([node("Reshape", ["x", "s"], ["y"])], { inputs: { x: [2, 3], s: [2] } });
    expect(refusal(late).what).toContain("is computed from the model's inputs");
  });

  test("for a missing input, a value used before it exists, and an output that nothing computes", () => {
    expect(refusal(file([node("Add", ["x", ""], ["y"])])).what).toBe("Add: input 1 is missing");
    expect(refusal(file([node("Relu", ["z"], ["y"])])).what).toBe(
      '"z" is used before it is computed',
    );
    expect(refusal(file([node("Relu", ["x"], ["z"])])).where).toBe("the graph's outputs");
  });

  test("for an element type that Frugal does not have, but only where it is used", () => {
    const half: TensorContents = { kind: "unsupported", elementType: "float16", shape: [3] };
    const constants = { half };
    expect(importOnnx(file([node("Relu", ["x"], ["y"])], { constants })).nodes).toHaveLength(2);
    expect(refusal(file([node("Add", ["x", "half"], ["y"])], { constants })).what).toBe(
      'tensor "half" is of type float16',
    );
  });

  test("for an operator set newer than its meanings are known", () => {
    expect(refusal(file([node("Relu", ["x"], ["y"])], { opset: 99 })).what).toBe(
      "the model uses operator set 99",
    );
  });

  test("for shapes that do not fit, with the node's name", () => {
    const error = refusal(file([node("MatMul", ["x", "x"], ["y"])]));
    expect(error.message).toContain("matmul");
  });
});
