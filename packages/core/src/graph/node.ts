/** Making nodes, and the layer path under which they are made. */

import { UserError } from "../base/index.js";
import { formatShape } from "../tensor/index.js";
import type { Node, Op, Phase, TensorType, Value } from "./types.js";

interface Origin {
  readonly path: string;
  readonly phase: Phase;
}

// Tracing is synchronous, so the current origin is a stack discipline, not shared state.
let origin: Origin = { path: "", phase: "forward" };

function within<T>(next: Origin, body: () => T): T {
  const outer = origin;
  origin = next;
  try {
    return body();
  } finally {
    origin = outer;
  }
}

/**
 * Nodes made in `body` belong to the layer `name` below the current one.
 *
 * @example
 * withPath("fc", () => relu(x)).node.path // "fc"
 */
export const withPath = <T>(name: string, body: () => T): T =>
  within(
    { ...origin, path: origin.path && name ? `${origin.path}.${name}` : origin.path || name },
    body,
  );

/**
 * Nodes made in `body` belong to this path and phase, whatever surrounds it.
 *
 * @example
 * withOrigin({ path: "fc", phase: "update" }, () => relu(x)).node.phase // "update"
 */
export const withOrigin = <T>(next: Origin, body: () => T): T => within(next, body);

/**
 * The layer that new nodes belong to.
 *
 * @example
 * withPath("fc", () => currentPath()) // "fc"
 */
export const currentPath = (): string => origin.path;

/**
 * A type in words, for messages.
 *
 * @example
 * describeType(input("x", [2, 3])) // "float32[2, 3]"
 */
export const describeType = (t: TensorType): string => `${t.dtype}${formatShape(t.shape)}`;

/**
 * Makes a node and returns its outputs; shape and type errors carry the op and the layer path.
 *
 * @example
 * const x = input("x", [2]);
 * const [y] = createNode(relu(x).node.op, [x], relu(x).node.attrs);
 * y!.shape // [2]
 */
export function createNode<Attrs>(
  op: Op<Attrs>,
  inputs: readonly Value[],
  attrs: Attrs,
): readonly Value[] {
  let types: readonly TensorType[];
  try {
    types = op.infer(inputs, attrs);
  } catch (error) {
    if (!(error instanceof UserError) || error.where) throw error;
    const given = inputs.map(describeType).join(", ");
    throw new UserError(error.code, error.what, {
      where: `${op.kind}(${given})${origin.path ? ` in ${origin.path}` : ""}`,
      ...(error.allowed === undefined ? {} : { allowed: error.allowed }),
      ...(error.next === undefined ? {} : { next: error.next }),
    });
  }
  const outputs: Value[] = [];
  const node: Node<Attrs> = { op, inputs: [...inputs], attrs, outputs, ...origin };
  types.forEach((type, index) => {
    outputs.push({ node: node as Node, index, dtype: type.dtype, shape: type.shape });
  });
  return outputs;
}
