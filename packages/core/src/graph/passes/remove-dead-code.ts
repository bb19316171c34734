/** Dead code: a graph is found from its outputs, so what none of them needs falls away by naming fewer. */

import { UserError } from "../../base/index.js";
import { buildGraph, type Graph } from "../graph.js";

/**
 * The part of a graph that computes some of its outputs; inputs that only the others used go too.
 *
 * @throws UserError E_GRAPH for an output that does not exist.
 * @example
 * // No gradients, no updates.
 * keepOutputs(step.graph, ["loss"]).nodes.some((n) => n.phase === "update") // false
 */
export function keepOutputs(graph: Graph, names: readonly string[]): Graph {
  const outputs = names.map((name) => {
    const value = graph.outputs[name];
    if (value) return [name, value] as const;
    throw new UserError("E_GRAPH", `the graph has no output "${name}"`, {
      allowed: Object.keys(graph.outputs).join(", "),
    });
  });
  return buildGraph(Object.fromEntries(outputs));
}
