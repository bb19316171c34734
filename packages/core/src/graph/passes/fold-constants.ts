/** Constant folding: what does not depend on any input is computed once, now. */

import { elementCount, type HostTensor } from "../../tensor/index.js";
import type { Graph } from "../graph.js";
import { constant, constantTensor } from "../leaves.js";
import type { Node, Value } from "../types.js";
import { rewrite } from "./rewrite.js";

/** Computes the outputs of one node. A parameter, as whatever can evaluate lies above the graph. */
export type Evaluate = (node: Node, inputs: readonly HostTensor[]) => readonly HostTensor[];

export interface FoldOptions {
  /** Results of more elements stay as they are, unless their inputs were no smaller. Default 1024. */
  readonly maxElements?: number;
}

const size = (values: readonly Value[]): number =>
  values.reduce((sum, v) => sum + elementCount(v.shape), 0);

/**
 * The graph with constant subexpressions replaced by their values.
 *
 * @example
 * // evaluateHost is exported by the reference folder.
 * const { nodes } = foldConstants(buildGraph({ y: exp(scalarConstant(0)) }), evaluateHost);
 * nodes.map((n) => n.op.kind) // ["Constant"]
 */
export function foldConstants(
  graph: Graph,
  evaluate: Evaluate,
  { maxElements = 1024 }: FoldOptions = {},
): Graph {
  return rewrite(graph, (node) => {
    if (node.op.impure || node.inputs.length === 0) return undefined;
    const tensors = node.inputs.map(constantTensor);
    if (tensors.some((t) => t === undefined)) return undefined;
    // A block of zeros made by Expand is better expanded at run time than stored.
    if (size(node.outputs) > Math.max(maxElements, size(node.inputs))) return undefined;
    return evaluate(node, tensors as readonly HostTensor[]).map(constant);
  });
}
