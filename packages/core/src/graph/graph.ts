/** A graph: named outputs, and everything they need, in an order that can be executed. */

import { UserError } from "../base/index.js";
import { inputName, isInput } from "./leaves.js";
import type { Node, Value } from "./types.js";

export interface Graph {
  /** Inputs in order of declaration, then of first use. */
  readonly inputs: readonly Value[];
  readonly outputs: Readonly<Record<string, Value>>;
  /** Every node that an output needs, each after what it reads. */
  readonly nodes: readonly Node[];
}

/**
 * Nodes that `roots` need, each after its inputs. Iterative: graphs are deeper than the call stack.
 *
 * @example
 * topologicalOrder([relu(input("x", [2]))]).map((n) => n.op.kind) // ["Input", "Relu"]
 */
export function topologicalOrder(roots: readonly Value[]): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  for (const root of roots) {
    if (done.has(root.node)) continue;
    done.add(root.node);
    stack.push({ node: root.node, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const child = top.node.inputs[top.next++]?.node;
      if (child === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!done.has(child)) {
        done.add(child);
        stack.push({ node: child, next: 0 });
      }
    }
  }
  return order;
}

/**
 * The graph that computes `outputs`. What no output needs is not in it.
 *
 * @throws UserError E_GRAPH if two inputs share a name.
 * @example
 * const x = input("x", [2]);
 * buildGraph({ y: relu(x) }).nodes.map((n) => n.op.kind) // ["Input", "Relu"]
 */
export function buildGraph(
  outputs: Readonly<Record<string, Value>>,
  options: { readonly inputs?: readonly Value[] } = {},
): Graph {
  const declared = options.inputs ?? [];
  const nodes = topologicalOrder([...declared, ...Object.values(outputs)]);
  const inputs = new Set(declared);
  for (const node of nodes) {
    const value = node.outputs[0];
    if (value && isInput(value)) inputs.add(value);
  }
  const names = new Set<string>();
  for (const value of inputs) {
    const name = inputName(value);
    if (names.has(name)) {
      throw new UserError("E_GRAPH", `two graph inputs are named "${name}"`, {
        allowed: "one input per name",
        next: "give one of them another name, or share the value",
      });
    }
    names.add(name);
  }
  return { inputs: [...inputs], outputs: { ...outputs }, nodes };
}
