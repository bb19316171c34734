/** Joins nodes that an op can do in one pass over memory: each op says itself what it can be joined with. */

import type { Graph } from "../graph.js";
import type { Value } from "../types.js";
import { rewrite } from "./rewrite.js";

/**
 * The graph with every node replaced by what its op's `fuse` offers. Run it after differentiating: joined nodes are
 * for speed only.
 *
 * @example
 * const z = add(mul(input("x", [3]), input("a", [])), input("z", [3]));
 * fuse(buildGraph({ z })).nodes.at(-1)!.op.kind // "MultiplyAdd"
 */
export function fuse(graph: Graph): Graph {
  const readers = new Map<Value, number>();
  const count = (v: Value) => readers.set(v, (readers.get(v) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(count);
  Object.values(graph.outputs).forEach(count);
  // Rebuilt values have the readers of those they stand for.
  const origin = new Map<Value, Value>();
  const hasOneReader = (v: Value) => readers.get(origin.get(v) ?? v) === 1;
  return rewrite(graph, (node, original) => {
    const joined = node.op.fuse?.(node, hasOneReader);
    const values = joined ? [joined] : node.outputs;
    values.forEach((v, i) => {
      origin.set(v, original.outputs[i]!);
    });
    return joined && values;
  });
}
