/** The verifier: what must hold of every graph, whoever built it. */

import { UserError } from "../base/index.js";
import { sameShape } from "../tensor/index.js";
import type { Graph } from "./graph.js";
import { inputName, isInput } from "./leaves.js";
import { describeType } from "./node.js";
import type { Node, TensorType, Value } from "./types.js";

function fail(node: Node, what: string, allowed: string): never {
  const where = node.path ? `${node.op.kind} in ${node.path}` : node.op.kind;
  throw new UserError("E_GRAPH", what, { where, allowed });
}

const sameType = (a: TensorType, b: TensorType): boolean =>
  a.dtype === b.dtype && sameShape(a.shape, b.shape);

const list = (types: readonly TensorType[]): string =>
  types.length === 0 ? "nothing" : types.map(describeType).join(", ");

/** Outputs know their node and place, and have the types that the op infers. */
function checkOutputs(node: Node): void {
  node.outputs.forEach((value, i) => {
    if (value.node !== node || value.index !== i) {
      fail(
        node,
        `output ${i} belongs to another node`,
        "outputs that name their own node and place",
      );
    }
  });
  let inferred: readonly TensorType[];
  try {
    inferred = node.op.infer(node.inputs, node.attrs);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    fail(node, `its inputs do not fit: ${error.what}`, error.allowed ?? "inputs that the op takes");
  }
  const agree =
    inferred.length === node.outputs.length &&
    inferred.every((t, i) => sameType(t, node.outputs[i]!));
  if (!agree) fail(node, `its outputs are declared as ${list(node.outputs)}`, list(inferred));
}

/**
 * Throws unless the graph is sound: every node after what it reads, nothing read from outside, declared types equal to
 * inferred ones, each node listed once, inputs and outputs part of it.
 *
 * @throws UserError E_GRAPH that names the node and what would be right.
 * @example
 * verifyGraph(buildGraph({ y: relu(input("x", [2])) }));
 */
export function verifyGraph(graph: Graph): void {
  const all = new Set(graph.nodes);
  const done = new Set<Node>();
  for (const node of graph.nodes) {
    if (done.has(node)) fail(node, "it is listed twice", "each node once");
    for (const value of node.inputs) {
      if (done.has(value.node)) continue;
      const { kind } = value.node.op;
      // In an order that exists, whatever is read comes before: reading ahead means a cycle or a wrong order.
      if (all.has(value.node)) fail(node, `it reads ${kind}, which comes later`, "no cycles");
      fail(node, `it reads ${kind}, which is not part of the graph`, "nodes of this graph");
    }
    for (const value of node.inputs) {
      if (value.node.outputs[value.index] !== value) {
        fail(node, `it reads an output that ${value.node.op.kind} does not have`, "its outputs");
      }
    }
    checkOutputs(node);
    done.add(node);
  }
  const present = (value: Value, role: string): void => {
    if (done.has(value.node) && value.node.outputs[value.index] === value) return;
    fail(value.node, `${role} is not part of the graph`, "values that its nodes compute");
  };
  const names = new Set<string>();
  for (const value of graph.inputs) {
    if (!isInput(value)) fail(value.node, "it is listed as a graph input", "Input nodes");
    const name = inputName(value);
    present(value, `input "${name}"`);
    if (names.has(name)) fail(value.node, `two inputs are named "${name}"`, "one input per name");
    names.add(name);
  }
  const declared = new Set(graph.inputs);
  for (const node of graph.nodes) {
    const value = node.outputs[0];
    if (value && isInput(value) && !declared.has(value)) {
      fail(
        node,
        `input "${inputName(value)}" is not declared`,
        "every Input node among the inputs",
      );
    }
  }
  for (const [name, value] of Object.entries(graph.outputs)) present(value, `output "${name}"`);
}
