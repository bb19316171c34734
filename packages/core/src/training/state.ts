/** First values of everything that a graph keeps: fresh ones, or those that are given. */

import { UserError } from "../base/index.js";
import type { Feeds, StateBinding } from "../engine/index.js";
import { describeType, type Value } from "../graph/index.js";
import type { Initializer } from "../nn/index.js";
import { randomStream } from "../random/index.js";
import { type HostTensor, sameShape } from "../tensor/index.js";

export interface StateSource {
  readonly path: string;
  readonly value: Value;
  readonly init: Initializer;
}

/** The given tensor of this path if there is one, else a fresh one from the path's own stream. */
export function firstValue(
  { path, value, init }: StateSource,
  { given, seed }: { readonly given: Feeds | undefined; readonly seed: number },
): HostTensor {
  const found = given?.[path];
  if (!found) return init(value.shape, randomStream(seed, "init", path));
  if (found.dtype !== value.dtype || !sameShape(found.shape, value.shape)) {
    throw new UserError("E_SHAPE", `the given weights have ${describeType(found)}`, {
      where: path,
      allowed: describeType(value),
      next: "load weights that were saved from this model",
    });
  }
  return found;
}

/** State that the graph only reads. Every path must be given. */
export function readOnlyState(sources: readonly StateSource[], given: Feeds): StateBinding[] {
  return sources.map((source) => {
    if (!given[source.path]) {
      throw new UserError("E_RUN", `there are no weights for "${source.path}"`, {
        allowed: "a tensor for every parameter and buffer of the model",
        next: "load weights that were saved from this model",
      });
    }
    return { input: source.path, initial: firstValue(source, { given, seed: 0 }) };
  });
}
