/** Comparison of tensors from two sources, with messages that show the worst element. */

import type { DType, Shape } from "@frugal/core/tensor";
import { expect } from "vitest";

export interface Numbers {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: ArrayLike<number | bigint>;
}

/**
 * Expects equal types, shapes and values. Tolerance is relative to the element, plus the typical magnitude of
 * the tensor: cancellation leaves errors of that size.
 */
export function expectClose(actual: Numbers, expected: Numbers, tolerance: number): void {
  expect({ dtype: actual.dtype, shape: [...actual.shape] }).toEqual({
    dtype: expected.dtype,
    shape: [...expected.shape],
  });
  const a = Array.from(actual.data, Number);
  const b = Array.from(expected.data, Number);
  expect(a.length).toBe(b.length);
  const finite = b.filter(Number.isFinite);
  const typical = finite.reduce((sum, v) => sum + Math.abs(v), 0) / Math.max(1, finite.length);
  let worst = 0;
  let place = -1;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (Object.is(x, y) || x === y) continue;
    const allowed = tolerance * (Math.abs(y) + typical);
    const excess = Number.isFinite(x - y) ? Math.abs(x - y) / allowed : Number.POSITIVE_INFINITY;
    if (!(excess <= worst)) [worst, place] = [excess, i];
  }
  if (worst > 1) {
    expect.fail(
      `element ${place} is ${a[place]}, expected ${b[place]} (${worst.toPrecision(3)} times the tolerance ${tolerance})`,
    );
  }
}
