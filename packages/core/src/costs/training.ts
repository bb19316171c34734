/** What training needs of each node of a graph of ours: asked of the ops' own gradient rules. */

import { input, type Node, type Value } from "../graph/index.js";
import { functions } from "../ops/index.js";
import type { EntryTraining, Memory } from "./entry.js";

interface Backward {
  /** Which inputs get a gradient. */
  readonly reaches: readonly boolean[];
  /** Values of the forward pass that the rule reads. */
  readonly kept: readonly Value[];
}

const nothing: Backward = { reaches: [], kept: [] };

/** Runs the rule on stand-ins for the incoming gradients and looks at what its answer is made of. */
function backwardOf(node: Node, needs: readonly boolean[]): Backward {
  const { gradient } = node.op;
  if ("none" in gradient || !needs.includes(true)) return nothing;
  const { inputs, outputs } = node;
  const grads = outputs.map((v, i) => input(`gradient${i}`, v.shape, v.dtype));
  const answer = gradient.rule({ node, inputs, outputs, grads, needs }, functions);
  const forward = new Set([...inputs, ...outputs]);
  const seen = new Set<Value>();
  const kept: Value[] = [];
  const open = answer.filter((v, i): v is Value => v !== undefined && needs[i] === true);
  for (let value = open.pop(); value; value = open.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (forward.has(value)) kept.push(value);
    else open.push(...value.node.inputs);
  }
  return { reaches: inputs.map((_, i) => needs[i] === true && answer[i] !== undefined), kept };
}

/**
 * What training needs of the nodes, computed for all of them when the first property is read. Most ledgers are never
 * asked.
 */
export function trainingOf(
  nodes: readonly Node[],
  options: {
    readonly parameters: ReadonlySet<Value>;
    readonly memoryOf: (value: Value) => Memory;
  },
): (node: Node) => EntryTraining {
  const { parameters, memoryOf } = options;
  let found: Map<Node, Backward> | undefined;
  const all = () => {
    if (found) return found;
    found = new Map();
    const needing = new Set(parameters);
    for (const node of nodes) {
      const backward = backwardOf(
        node,
        node.inputs.map((v) => needing.has(v)),
      );
      found.set(node, backward);
      if (backward.reaches.includes(true)) for (const v of node.outputs) needing.add(v);
    }
    return found;
  };
  return (node) => ({
    get gradients() {
      const [a, b] = all().get(node)?.reaches ?? [];
      return (Number(a === true) + Number(b === true)) as 0 | 1 | 2;
    },
    get kept() {
      const values = all().get(node)?.kept ?? [];
      return [...new Set(values.map(memoryOf))].filter((m) => m.kind !== "stored");
    },
  });
}
