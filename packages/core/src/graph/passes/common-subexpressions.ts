/** Common subexpressions: nodes that compute the same from the same are computed once. */

import { attributeText } from "../attributes.js";
import type { Graph } from "../graph.js";
import type { Node, Value } from "../types.js";
import { rewrite } from "./rewrite.js";

/** Tensors up to this many elements are compared by content, larger ones by identity. */
const COMPARED = 64;

/** A number for each object, in order of appearance. */
function numbering<T>(): (item: T) => number {
  const numbers = new Map<T, number>();
  return (item) => {
    const known = numbers.get(item);
    if (known !== undefined) return known;
    numbers.set(item, numbers.size);
    return numbers.size - 1;
  };
}

/**
 * The graph with equal nodes merged into the first of them. Impure nodes are never merged.
 *
 * @example
 * const x = input("x", [3]);
 * // Not 4: one exp.
 * mergeCommonSubexpressions(buildGraph({ y: add(exp(x), exp(x)) })).nodes.length // 3
 */
export function mergeCommonSubexpressions(graph: Graph): Graph {
  const numberOf = numbering<unknown>();
  const seen = new Map<string, readonly Value[]>();
  const leaf = (value: object): string => {
    const data = value as ArrayLike<unknown>;
    const small = ArrayBuffer.isView(value) && data.length <= COMPARED;
    return small
      ? attributeText(
          Array.from(data, (v) => (Object.is(v, -0) ? "-0" : String(v))),
          leaf,
        )
      : `#${numberOf(value)}`;
  };
  const keyOf = ({ op, inputs, attrs }: Node): string =>
    `${numberOf(op)}(${inputs.map((v) => `${numberOf(v.node)}.${v.index}`).join()})${attributeText(attrs, leaf)}`;
  return rewrite(graph, (node) => {
    if (node.op.impure) return undefined;
    const key = keyOf(node);
    const first = seen.get(key);
    if (!first) seen.set(key, node.outputs);
    return first;
  });
}
