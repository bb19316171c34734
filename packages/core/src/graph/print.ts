/** The printer: a graph as text, one line a node. */

import { attributeText } from "./attributes.js";
import type { Graph } from "./graph.js";
import { describeType } from "./node.js";
import type { Node, Value } from "./types.js";

/** Longer lists are cut: a printout is for reading. */
const SHOWN = 8;

function leaf(value: object): string {
  if (typeof value === "function") return value.name ? `<${value.name}>` : "<function>";
  const data = Array.from(value as unknown as ArrayLike<number | bigint>);
  const shown = data.slice(0, SHOWN).map(String);
  return `[${shown.join(",")}${data.length > SHOWN ? `,... ${data.length} elements` : ""}]`;
}

/**
 * A graph as text. `# path` at the end of a line is the layer that a node was made for.
 *
 * @example
 * const x = input("x", []);
 * printGraph(buildGraph({ y: add(x, exp(x)) }))
 * // %0 = Input() float32[] {name="x", dtype="float32", shape=[]}
 * // %1 = Exp(%0) float32[]
 * // %2 = Add(%0, %1) float32[]
 * // y = %2
 */
export function printGraph(graph: Graph): string {
  const names = new Map<Value, string>();
  const nameOf = (v: Value): string => names.get(v) ?? "%?";
  for (const node of graph.nodes) for (const v of node.outputs) names.set(v, `%${names.size}`);

  const line = (node: Node): string => {
    const text = attributeText(node.attrs, leaf);
    const left = node.outputs.map(nameOf).join(", ");
    const inputs = node.inputs.map(nameOf).join(", ");
    const types = node.outputs.map(describeType).join(", ");
    const attrs = text === "{}" ? "" : ` ${text}`;
    return `${left} = ${node.op.kind}(${inputs}) ${types}${attrs}${node.path ? `  # ${node.path}` : ""}`;
  };
  const results = Object.entries(graph.outputs).map(([name, v]) => `${name} = ${nameOf(v)}`);
  return [...graph.nodes.map(line), ...results].join("\n");
}
