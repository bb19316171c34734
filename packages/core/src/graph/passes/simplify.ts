/** Simplification: asks each op whether something cheaper gives the same, as x for x * 1. */

import { assert } from "../../base/index.js";
import { sameShape } from "../../tensor/index.js";
import type { Graph } from "../graph.js";
import type { Value } from "../types.js";
import { rewrite } from "./rewrite.js";

/**
 * The graph with x * 1, x + 0, x / 1, double reshapes and transposes and the like taken out. To be used after
 * differentiating: what only shapes gradients goes too.
 *
 * @example
 * simplify(buildGraph({ y: mul(input("x", [3]), 1) })).nodes.length // 1
 */
export function simplify(graph: Graph): Graph {
  return rewrite(graph, (node) => {
    let best: Value | undefined;
    // What an op offers may be simple in turn: each step removes a node or moves one up, so this ends.
    for (let n = node.op.simplify?.(node); n && n !== best; n = n.node.op.simplify?.(n.node)) {
      best = n;
      if (n.node.outputs.length > 1) break;
    }
    if (!best) return undefined;
    const result = node.outputs[0]!;
    assert(
      best.dtype === result.dtype && sameShape(best.shape, result.shape),
      `simplifying ${node.op.kind} changed its type`,
    );
    return [best];
  });
}
