import { expect, it } from "vitest";
import { add, exp, relu } from "../ops/index.js";
import {
  buildGraph,
  type Graph,
  input,
  type Node,
  type Value,
  verifyGraph,
  withPath,
} from "./index.js";

const x = input("x", [2, 3]);

/** A copy of a node that can be broken on purpose. */
function copyOf(value: Value): { node: Node; outputs: Value[]; inputs: Value[] } {
  const outputs: Value[] = [];
  const inputs = [...value.node.inputs];
  const node: Node = { ...value.node, inputs, outputs };
  for (const v of value.node.outputs) outputs.push({ ...v, node });
  return { node, outputs, inputs };
}

const graphOf = (nodes: readonly Node[], y: Value): Graph => ({
  inputs: [x],
  outputs: { y },
  nodes,
});

it("accepts what the builder makes", () => {
  expect(() => verifyGraph(buildGraph({ y: add(exp(x), relu(x)) }))).not.toThrow();
});

it("finds an output of another type than the op infers", () => {
  const y = withPath("layer1", () => exp(x));
  const { node, outputs } = copyOf(y);
  outputs[0] = { ...outputs[0]!, shape: [3, 3] };
  expect(() => verifyGraph(graphOf([x.node, node], outputs[0]!))).toThrow(
    "its outputs are declared as float32[3, 3]\n  where:   Exp in layer1\n  allowed: float32[2, 3]",
  );
});

it("finds inputs that the op cannot take", () => {
  const { node, outputs, inputs } = copyOf(add(x, x));
  const long = input("long", [4]);
  inputs[1] = long;
  const graph = { ...graphOf([x.node, long.node, node], outputs[0]!), inputs: [x, long] };
  expect(() => verifyGraph(graph)).toThrow("shapes [2, 3] and [4] do not broadcast");
});

it("finds a cycle", () => {
  const first = copyOf(exp(x));
  const second = copyOf(relu(x));
  first.inputs[0] = second.outputs[0]!;
  second.inputs[0] = first.outputs[0]!;
  expect(() => verifyGraph(graphOf([x.node, first.node, second.node], second.outputs[0]!))).toThrow(
    "it reads Relu, which comes later\n  where:   Exp\n  allowed: no cycles",
  );
});

it("finds a node that the graph does not list", () => {
  const hidden = exp(x);
  const y = relu(hidden);
  expect(() => verifyGraph(graphOf([x.node, y.node], y))).toThrow(
    "it reads Exp, which is not part of the graph",
  );
});

it("finds a node that is listed twice", () => {
  const y = exp(x);
  expect(() => verifyGraph(graphOf([x.node, y.node, y.node], y))).toThrow("it is listed twice");
});

it("finds an output that no node computes", () => {
  expect(() => verifyGraph(graphOf([x.node], exp(x)))).toThrow(
    'output "y" is not part of the graph',
  );
});

it("finds an output that claims to be another node's", () => {
  const { node, outputs } = copyOf(exp(x));
  outputs[0] = { ...outputs[0]!, node: x.node };
  expect(() => verifyGraph(graphOf([x.node, node], outputs[0]!))).toThrow(
    "output 0 belongs to another node",
  );
});

it("finds two inputs of one name and an input that is not declared", () => {
  const twin = input("x", [2, 3]);
  const y = add(x, twin);
  const nodes = [x.node, twin.node, y.node];
  expect(() => verifyGraph({ inputs: [x, twin], outputs: { y }, nodes })).toThrow(
    'two inputs are named "x"',
  );
  expect(() => verifyGraph({ inputs: [x], outputs: { y }, nodes })).toThrow(
    'input "x" is not declared',
  );
});
