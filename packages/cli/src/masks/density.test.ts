/** The search for a density: on counts that can be read off. */

import { describe, expect, it } from "vitest";
import { largestDensity } from "./density.js";

/** Of ten weights, as many as the density says. */
const keptOf = (density: number): number => Math.round(10 * density);
const search = (most: number) =>
  largestDensity(
    (d) => keptOf(d) <= most,
    (a, b) => keptOf(a) === keptOf(b),
  );

describe("the largest density under a budget", () => {
  it("keeps as many as the budget allows, in few digits", () => {
    // Below 0.35, where a fourth would stay.
    expect(search(3)).toBe(0.3);
    expect(search(1)).toBe(0.1);
  });

  it("takes the digits that it needs", () => {
    const largest = largestDensity(
      (d) => d < 0.123,
      (a, b) => a >= 0.12 === b >= 0.12,
    );
    expect(largest).toBe(0.12);
  });

  it("is undefined where no density keeps the budget", () => {
    expect(largestDensity(() => false, Object.is)).toBeUndefined();
  });
});
