/** Runs a graph node by node in double precision. */

import { assert, UserError } from "../base/index.js";
import {
  type ConstantAttrs,
  constantOp,
  type Graph,
  inputName,
  isInput,
  type Node,
  type Value,
} from "../graph/index.js";
import { type OpKind, ops } from "../ops/index.js";
import { type HostTensor, toNumbers } from "../tensor/index.js";
import { kernels } from "./kernels.js";
import type { Kernel, RefTensor } from "./types.js";

/**
 * The outputs of one node from its inputs.
 *
 * @example
 * evaluateNode(exp(x).node, [fromHost(tensor("float32", [3], [0, 1, 2]))])[0]!.data // Float64Array [1, 2.718282, 7.389056]
 */
export function evaluateNode(node: Node, inputs: readonly RefTensor[]): RefTensor[] {
  if (node.op.kind === constantOp.kind) {
    return [fromHost((node.attrs as ConstantAttrs).tensor)];
  }
  assert(node.op.kind in ops, `op ${node.op.kind} is not in the registry`);
  const kernel = kernels[node.op.kind as OpKind] as Kernel<unknown>;
  const data = kernel(inputs, node.attrs, node.outputs);
  return node.outputs.map((type, i) => ({ dtype: type.dtype, shape: type.shape, data: data[i]! }));
}

/**
 * A tensor as the interpreter takes it.
 *
 * @example
 * fromHost(tensor("float32", [2], [1, 2])).data // Float64Array [1, 2]
 */
export const fromHost = (t: HostTensor): RefTensor => ({
  dtype: t.dtype,
  shape: t.shape,
  data: Float64Array.from(toNumbers(t)),
});

/**
 * The outputs of a graph, in double precision whatever its element types.
 *
 * @throws UserError E_ENGINE if an input is not fed.
 * @example
 * const { y } = interpret(buildGraph({ y: neg(x) }), { x: fromHost(tensor("float32", [3], [1, 2, 3])) });
 * y!.data // Float64Array [-1, -2, -3]
 */
export function interpret(
  graph: Graph,
  feeds: Readonly<Record<string, RefTensor>>,
): Record<string, RefTensor> {
  const values = new Map<Value, RefTensor>();
  for (const node of graph.nodes) {
    const out = node.outputs[0];
    if (out && isInput(out)) {
      const name = inputName(out);
      const fed = feeds[name];
      if (!fed) throw new UserError("E_ENGINE", `input "${name}" was not fed`);
      values.set(out, fed);
      continue;
    }
    const results = evaluateNode(
      node,
      node.inputs.map((v) => values.get(v)!),
    );
    node.outputs.forEach((v, i) => {
      values.set(v, results[i]!);
    });
  }
  return Object.fromEntries(
    Object.entries(graph.outputs).map(([name, v]) => [name, values.get(v)!]),
  );
}
