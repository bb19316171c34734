/** Checks what is fed against what a graph declares: every engine refuses with the same words. */

import { UserError } from "../base/index.js";
import { describeType, inputName, type Value } from "../graph/index.js";
import { formatShape, type HostTensor } from "../tensor/index.js";
import type { Feeds } from "./types.js";

/**
 * Throws unless `given` can be fed to `declared`.
 *
 * @throws UserError E_ENGINE that says what was given and what is allowed.
 * @example
 * checkFeed(input("x", [2]), tensor("float32", [3], [1, 2, 3])) // throws E_ENGINE
 */
export function checkFeed(
  declared: Value,
  given: HostTensor,
  { anyBatch = false }: { readonly anyBatch?: boolean } = {},
): void {
  const { dtype, shape } = declared;
  const skip = anyBatch ? 1 : 0;
  const fits =
    given.dtype === dtype &&
    given.shape.length === shape.length &&
    given.shape.every((d, i) => i < skip || d === shape[i]);
  if (fits) return;
  const any = `${dtype}${formatShape(shape).replace(/\d+/, "any")}`;
  throw new UserError(
    "E_ENGINE",
    `input "${inputName(declared)}" was given ${describeType(given)}`,
    { allowed: anyBatch ? any : describeType(declared) },
  );
}

/**
 * The tensor fed under `name`; `names` are all that must be fed.
 *
 * @example
 * requireFeed({}, "x", ["x"]) // throws E_ENGINE
 */
export function requireFeed(feeds: Feeds, name: string, names: readonly string[]): HostTensor {
  const given = feeds[name];
  if (given) return given;
  throw new UserError("E_ENGINE", `input "${name}" was not fed`, {
    allowed: `feeds for ${names.join(", ")}`,
  });
}

/**
 * The error for a state that the graph does not have.
 *
 * @example
 * unknownState("fc.wieght", ["fc.weight"]).code // "E_ENGINE"
 */
export const unknownState = (name: string, names: Iterable<string>): UserError =>
  new UserError("E_ENGINE", `"${name}" is no state of this graph`, {
    allowed: [...names].join(", ") || "none: it has no state",
  });
