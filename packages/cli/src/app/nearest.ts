/** Suggestions for mistyped names. */

import { nearestName } from "@frugal/core/base";

/** "did you mean ...?" or nothing. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  const nearest = nearestName(name, known);
  return nearest === undefined ? undefined : `did you mean ${JSON.stringify(nearest)}?`;
}
