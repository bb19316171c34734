/** Says where a recipe is wrong when core, which knows options only, has found it. */

import { UserError } from "@frugal/core/base";

/** Runs `build`; an error at one of these options names the key of the recipe instead. */
export function withKeys<T>(keys: Readonly<Record<string, string>>, build: () => T): T {
  try {
    return build();
  } catch (error) {
    const key = error instanceof UserError && error.where ? keys[error.where] : undefined;
    if (!(error instanceof UserError) || key === undefined) throw error;
    throw new UserError(error.code, error.what, {
      where: key,
      ...(error.allowed === undefined ? {} : { allowed: error.allowed }),
      next: error.next ?? "name places of this model",
      cause: error,
    });
  }
}
