/** ONNX models to our graphs: node by node through a table of importers. */

import { UserError } from "../../base/index.js";
import {
  buildGraph,
  constant,
  constantTensor,
  type Graph,
  input,
  isInput,
  topologicalOrder,
  type Value,
  withPath,
} from "../../graph/index.js";
import { fromHost, interpret } from "../../reference/index.js";
import { fromNumbers, type HostTensor, tensor } from "../../tensor/index.js";
import { dtypeOfElement } from "../onnx-elements.js";
import {
  functionKey,
  type OnnxFile,
  type OnnxFileTensor,
  type OnnxFileValue,
} from "../onnx-file.js";
import { ImportNode } from "./node.js";
import { importers } from "./table.js";

export interface ImportOptions {
  /** Lengths of the file's named dimensions ("?" stands for unnamed ones). */
  readonly dimensions?: Readonly<Record<string, number>>;
  /** Values of graph inputs to rely on where an operator needs them before the model runs (shapes, axes). */
  readonly assume?: Readonly<Record<string, HostTensor>>;
}

/** Newest standard operator set whose meanings the importers know. */
const NEWEST_OPSET = 23;
/** Operators that ONNX Runtime's own domain has with the standard meaning, as the runtime's tools write them. */
const domains = ["", "com.microsoft"];

function importInput(
  { name, type }: OnnxFileValue,
  dimensions: Readonly<Record<string, number>>,
): Value {
  const dtype = type.kind === "tensor" ? dtypeOfElement(type.elementType) : undefined;
  if (type.kind !== "tensor" || !dtype) {
    const found = type.kind === "tensor" ? type.elementType : type.kind;
    throw new UserError("E_ONNX", `graph input "${name}" is of type ${found}`, {
      allowed: "tensors of float32, float64, int8, uint8, int32, int64 or bool",
    });
  }
  const { dims } = type;
  if (!dims) throw new UserError("E_ONNX", `graph input "${name}" has no shape`);
  const lengths = dims.map((d) => {
    const length = typeof d === "number" ? d : dimensions[d];
    if (length === undefined) {
      throw new UserError("E_ONNX", `dimension "${d}" of graph input "${name}" has no length`, {
        next: `say how long it is: dimensions: { "${d}": 1 }`,
      });
    }
    return length;
  });
  return input(name, lengths, dtype);
}

function importTensor(name: string, stored: OnnxFileTensor): Value {
  const t = stored.contents();
  if (t.kind === "data") return constant(t.tensor);
  // Weights in another file: their shape is all that can be known, so they become inputs.
  if (t.kind === "external") return input(name, t.shape, t.dtype);
  throw new UserError("E_ONNX", `tensor "${name}" is of type ${t.elementType}`, {
    allowed: "float32, float64, int8, uint8, int32, int64 or bool",
  });
}

/** Evaluates values that depend on nothing unknown: chains of Shape, Gather, Concat that end in a Reshape. */
function evaluator(assume: Readonly<Record<string, HostTensor>>) {
  return (value: Value): HostTensor | undefined => {
    const known = constantTensor(value);
    if (known) return known;
    const inputs = topologicalOrder([value]).flatMap((n) => n.outputs.filter(isInput));
    const names = inputs.map((v) => (v.node.attrs as { readonly name: string }).name);
    if (names.some((name) => !assume[name])) return undefined;
    const feeds = Object.fromEntries(names.map((name) => [name, fromHost(assume[name]!)]));
    const { data, dtype, shape } = interpret(buildGraph({ value }), feeds).value!;
    return tensor(dtype, shape, fromNumbers(dtype, data));
  };
}

/**
 * A graph with the meaning of an ONNX model. Node names become layer paths.
 *
 * @throws UserError E_ONNX, naming what is not supported and where it is used.
 * @example
 * const bytes = encodeOnnx(lowerGraph(buildGraph({ y: exp(input("x", [2])) })));
 * importOnnx(decodeOnnx(bytes)).nodes.map((n) => n.op.kind) // ["Input", "Exp"]
 */
export function importOnnx(file: OnnxFile, options: ImportOptions = {}): Graph {
  const { dimensions = {}, assume = {} } = options;
  const { graph } = file;
  const values = new Map<string, Value>();
  const lookUp = (name: string, wantedBy: string): Value => {
    const value = values.get(name);
    if (value) return value;
    throw new UserError("E_ONNX", `"${name}" is used before it is computed`, { where: wantedBy });
  };

  // Unsupported tensors are refused where they are used, not where they are declared.
  const initializers = new Map(graph.initializers.map((t) => [t.name, t]));
  const inputs: Value[] = [];
  for (const info of graph.inputs) {
    // Before IR version 4 initializers were declared as inputs too.
    if (initializers.has(info.name)) continue;
    const value = importInput(info, dimensions);
    inputs.push(value);
    values.set(info.name, value);
  }
  const evaluate = evaluator(assume);
  for (const node of graph.nodes) {
    const version = file.opsets.get(node.domain) ?? 0;
    const importer = domains.includes(node.domain) ? importers[node.opType] : undefined;
    const where = node.name || node.opType;
    if (!importer || file.functions.has(functionKey(node.domain, node.opType, node.overload))) {
      const name = node.domain ? `${node.domain}.${node.opType}` : node.opType;
      throw new UserError("E_ONNX", `operator ${name} is not supported`, { where });
    }
    if (node.domain === "" && version > NEWEST_OPSET) {
      throw new UserError("E_ONNX", `the model uses operator set ${version}`, {
        allowed: `up to ${NEWEST_OPSET}`,
        next: "export it with an older operator set",
      });
    }
    const given = node.inputs.map((name) => {
      if (!name) return undefined;
      const stored = initializers.get(name);
      if (stored && !values.has(name)) values.set(name, importTensor(name, stored));
      return lookUp(name, where);
    });
    const n = new ImportNode(node, given, version, evaluate);
    const result = withPath(node.name.replaceAll("/", ".").replace(/^\.+/, ""), () => importer(n));
    n.finish();
    const list = Array.isArray(result) ? (result as (Value | undefined)[]) : [result as Value];
    node.outputs.forEach((name, i) => {
      if (!name) return;
      const value = list[i] ?? n.refuse(`output ${i} is not supported`);
      values.set(name, value);
    });
  }
  const outputs = graph.outputs.map(({ name }) => {
    const stored = initializers.get(name);
    if (stored && !values.has(name)) values.set(name, importTensor(name, stored));
    return [name, lookUp(name, "the graph's outputs")] as const;
  });
  return buildGraph(Object.fromEntries(outputs), { inputs });
}
