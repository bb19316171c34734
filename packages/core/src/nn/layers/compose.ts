/** Putting layers together. */

import { functions as f } from "../../ops/index.js";
import type { Layer } from "../types.js";

/**
 * One layer after the other, in scopes "0", "1", ... as torch.nn.Sequential names them, or under given names.
 *
 * @example
 * // 0.weight, 0.bias, 1.weight, ...
 * const numbered = sequential([conv2d(8, { kernel: 3 }), batchNorm(), relu]);
 * // conv1.weight, ...
 * const named = sequential({ conv1: conv2d(8, { kernel: 3 }), bn1: batchNorm() });
 */
export function sequential(layers: readonly Layer[] | Readonly<Record<string, Layer>>): Layer {
  const named = Object.entries(layers);
  return (c, x) => named.reduce((y, [name, layer]) => c.scope(name, () => layer(c, y)), x);
}

/**
 * `layer` in the scope `name`.
 *
 * @example
 * scoped("fc", linear(4))(context, input("x", [8, 16])).shape // [8, 4]
 */
export const scoped =
  (name: string, layer: Layer): Layer =>
  (c, x) =>
    c.scope(name, () => layer(c, x));

/**
 * Marks the result of `layer` as the place `name`.
 *
 * @example
 * placed("early", relu)(context, input("x", [8, 16])).shape // [8, 16]
 */
export const placed =
  (name: string, layer: Layer): Layer =>
  (c, x) =>
    c.place(name, layer(c, x));

export interface ResidualOptions {
  /** What the input goes through beside the body. Default: nothing. */
  readonly shortcut?: Layer;
  /** Applied to the sum. */
  readonly activation?: Layer;
}

/**
 * body(x) + shortcut(x).
 *
 * @example
 * residual(sequential({ conv1: conv2d(16, { kernel: 3, padding: 1 }), relu }), { activation: relu })
 */
export const residual =
  (body: Layer, { shortcut, activation }: ResidualOptions = {}): Layer =>
  (c, x) => {
    const sum = f.add(body(c, x), shortcut ? shortcut(c, x) : x);
    return activation ? activation(c, sum) : sum;
  };
