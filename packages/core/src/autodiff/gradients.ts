/** Reverse-mode differentiation: asks each op for its rule, and writes the answer as more graph. */

import { UserError } from "../base/index.js";
import {
  type Node,
  scalarConstant,
  topologicalOrder,
  type Value,
  withOrigin,
} from "../graph/index.js";
import { functions } from "../ops/index.js";
import { formatShape } from "../tensor/index.js";

export interface GradientOptions {
  /** Gradient of the final objective with respect to the differentiated value. Default: 1, for a scalar. */
  readonly seed?: Value;
  /** What a value that the loss does not depend on gets. Default: an error that names it. */
  readonly unused?: "error" | "zero";
}

const place = (node: Node): string =>
  node.path ? `${node.op.kind} in ${node.path}` : node.op.kind;

/** Nodes through which a change of `sources` reaches later nodes. */
function dependents(order: readonly Node[], sources: readonly Value[]): Set<Value> {
  const reached = new Set<Value>(sources);
  for (const node of order) {
    if (node.inputs.some((v) => reached.has(v))) for (const out of node.outputs) reached.add(out);
  }
  return reached;
}

/**
 * d loss / d value for each of `wrt`, as new values of the same shapes.
 *
 * loss: a scalar (or give `seed`). Gradients are ordinary values, so they can be differentiated again.
 *
 * @throws UserError E_GRADIENT where a path leads through an op without a gradient, or there is no path.
 * @example
 * const x = input("x", [3]);
 * const [dx] = gradients(reduceSum(mul(x, x)), [x]);
 * // 2x
 * const { y } = interpret(buildGraph({ y: dx! }), { x: fromHost(tensor("float32", [3], [1, 2, 3])) });
 * y!.data // Float64Array [2, 4, 6]
 */
export function gradients(
  loss: Value,
  wrt: readonly Value[],
  options: GradientOptions = {},
): Value[] {
  const { unused = "error" } = options;
  if (!options.seed && loss.shape.length !== 0) {
    throw new UserError(
      "E_GRADIENT",
      `the value to differentiate has shape ${formatShape(loss.shape)}`,
      {
        where: place(loss.node),
        allowed: "a scalar, or a seed of the value's own shape",
        next: "reduce it to a scalar first",
      },
    );
  }
  const order = topologicalOrder([loss]);
  const active = dependents(order, wrt);
  const grads = new Map<Value, Value>();
  grads.set(loss, options.seed ?? scalarConstant(1, loss.dtype));
  const targets = new Set(wrt);

  for (const node of order.toReversed()) {
    const outGrads = node.outputs.map((v) => grads.get(v));
    if (outGrads.every((g) => g === undefined)) continue;
    const needs = node.inputs.map((v) => active.has(v));
    if (!needs.includes(true)) continue;
    const { gradient } = node.op;
    if ("none" in gradient) {
      const names = wrt
        .filter((v) => dependents(order, [v]).has(node.outputs[0]!))
        .map((v) => place(v.node));
      throw new UserError("E_GRADIENT", `${node.op.kind} has no gradient: ${gradient.none}`, {
        where: `${place(node)}, on the path to ${names.join(", ") || "the requested value"}`,
        next: "wrap its input in stopGradient, or use a straight-through or user-defined gradient",
      });
    }
    const inputGrads = withOrigin({ path: node.path, phase: "backward" }, () =>
      gradient.rule(
        { node, inputs: node.inputs, outputs: node.outputs, grads: outGrads, needs },
        functions,
      ),
    );
    node.inputs.forEach((value, i) => {
      const g = inputGrads[i];
      if (!g || !needs[i]) return;
      const sum = grads.get(value);
      const origin = { path: value.node.path, phase: "backward" } as const;
      grads.set(value, sum ? withOrigin(origin, () => functions.add(sum, g)) : g);
    });
    // Gradients of intermediate values are not needed once their node is done.
    for (const out of node.outputs) if (!targets.has(out)) grads.delete(out);
  }

  return wrt.map((value) => {
    const g = grads.get(value);
    if (g) return g;
    if (unused === "zero") return functions.expand(scalarConstant(0, value.dtype), value.shape);
    throw new UserError("E_GRADIENT", `the loss does not depend on ${place(value.node)}`, {
      where: place(loss.node),
      next: 'pass { unused: "zero" } if that is intended',
    });
  });
}
