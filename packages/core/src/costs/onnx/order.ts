/** An order in which nodes can be computed: the file's own, unless it is wrong. */

import { UserError } from "../../base/index.js";
import type { OnnxFileAttribute, OnnxFileNode } from "../../formats/index.js";

const describe = (n: OnnxFileNode): string => (n.name ? `${n.opType} "${n.name}"` : n.opType);

const isGraph = (a: OnnxFileAttribute): a is Extract<OnnxFileAttribute, { kind: "graph" }> =>
  a.kind === "graph";

/** Names that a node reads, those read by its bodies included. */
function namesRead(node: OnnxFileNode): readonly string[] {
  const bodies = [...node.attributes.values()].filter(isGraph);
  const inner = bodies.flatMap(({ value }) => [
    ...value.nodes.flatMap(namesRead),
    ...value.outputs.map((o) => o.name),
  ]);
  return [...node.inputs, ...inner];
}

/**
 * The nodes in an order in which every value is computed before it is read.
 *
 * @throws UserError E_ONNX where a value is computed twice or needs itself.
 */
export function inOrder(nodes: readonly OnnxFileNode[], where: string): readonly OnnxFileNode[] {
  const maker = new Map<string, number>();
  for (const [i, node] of nodes.entries()) {
    for (const name of node.outputs) {
      if (!name) continue;
      if (maker.has(name)) {
        throw new UserError("E_ONNX", `"${name}" is computed twice`, {
          where: `${where}, ${describe(node)}`,
        });
      }
      maker.set(name, i);
    }
  }
  const late = (name: string, i: number) => (maker.get(name) ?? -1) >= i;
  const hasBodies = (node: OnnxFileNode) => [...node.attributes.values()].some(isGraph);
  // Nearly every file is in order: found out without making anything.
  if (
    !nodes.some((n, i) => (hasBodies(n) ? namesRead(n) : n.inputs).some((name) => late(name, i)))
  ) {
    return nodes;
  }
  const needs = nodes.map((node) =>
    namesRead(node).flatMap((name) => {
      const from = maker.get(name);
      return from === undefined ? [] : [from];
    }),
  );
  const waiting = needs.map((list) => list.length);
  const readers = nodes.map((): number[] => []);
  needs.forEach((list, i) => {
    for (const from of list) readers[from]!.push(i);
  });
  const ready = waiting.flatMap((count, i) => (count === 0 ? [i] : []));
  for (let k = 0; k < ready.length; k++) {
    for (const reader of readers[ready[k]!]!) {
      waiting[reader]!--;
      if (waiting[reader] === 0) ready.push(reader);
    }
  }
  if (ready.length < nodes.length) {
    const stuck = nodes[waiting.findIndex((count) => count > 0)]!;
    throw new UserError("E_ONNX", `the graph runs in a circle through ${describe(stuck)}`, {
      where,
    });
  }
  return ready.map((i) => nodes[i]!);
}
