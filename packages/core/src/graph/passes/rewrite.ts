/** Rebuilding a graph node by node: what every pass does, keeping the very nodes that did not change. */

import { buildGraph, type Graph } from "../graph.js";
import { createNode, withOrigin } from "../node.js";
import type { Node, Value } from "../types.js";

/**
 * Called for each node after its inputs, with the node already rebuilt over what replaced them. Returns the values that
 * stand for its outputs, or undefined to keep it. `original` is the node before.
 */
export type Visit = (node: Node, original: Node) => readonly Value[] | undefined;

/** The node over other inputs; itself if they are the same. Path and phase are kept. */
export function over(node: Node, inputs: readonly Value[]): Node {
  if (inputs.every((v, i) => v === node.inputs[i])) return node;
  const { op, attrs, path, phase } = node;
  return withOrigin({ path, phase }, () => createNode(op, inputs, attrs)[0]!.node);
}

/**
 * The graph with each node replaced by what `visit` returns. Inputs stay as they are, used or not. Returns the same
 * graph if nothing changed.
 *
 * @example
 * const graph = buildGraph({ y: relu(x) });
 * // Nothing is replaced: the very same graph.
 * rewrite(graph, () => undefined) === graph // true
 */
export function rewrite(graph: Graph, visit: Visit): Graph {
  const replaced = new Map<Value, Value>();
  const current = (v: Value): Value => replaced.get(v) ?? v;
  for (const node of graph.nodes) {
    const rebuilt = over(node, node.inputs.map(current));
    const values =
      withOrigin({ path: node.path, phase: node.phase }, () => visit(rebuilt, node)) ??
      rebuilt.outputs;
    if (values === node.outputs) continue;
    node.outputs.forEach((old, i) => {
      if (values[i] !== old) replaced.set(old, values[i]!);
    });
  }
  if (replaced.size === 0) return graph;
  const outputs = Object.fromEntries(
    Object.entries(graph.outputs).map(([name, v]) => [name, current(v)]),
  );
  return buildGraph(outputs, { inputs: graph.inputs });
}
