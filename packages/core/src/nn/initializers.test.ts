/** Initialisers: spread, bounds and orthogonality, from their definitions. */

import { describe, expect, test } from "vitest";
import { randomStream } from "../random/index.js";
import { toNumbers } from "../tensor/index.js";
import * as init from "./initializers.js";
import type { Initializer } from "./types.js";

const draw = (initializer: Initializer, shape: number[]) =>
  toNumbers(initializer(shape, randomStream(3, "test")));
const deviation = (x: number[]) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
const largest = (x: number[]) => Math.max(...x.map(Math.abs));

// 64 outputs, 32 inputs, 3x3: fanIn 288, fanOut 576.
const shape = [64, 32, 3, 3];

describe("initializers", () => {
  test("fans count the inputs of an output and the outputs of an input", () => {
    expect(init.fans(shape)).toEqual({ fanIn: 288, fanOut: 576 });
    expect(init.fans([10, 84])).toEqual({ fanIn: 84, fanOut: 10 });
  });

  test("PyTorch's default lies within 1 / sqrt(fanIn) and fills that range", () => {
    const bound = 1 / Math.sqrt(288);
    for (const x of [draw(init.torchWeight, shape), draw(init.torchBias(shape), [5000])]) {
      expect(largest(x)).toBeLessThanOrEqual(bound * 1.000001);
      expect(largest(x)).toBeGreaterThan(0.99 * bound);
    }
  });

  const spreads: [string, Initializer, number][] = [
    ["kaimingNormal over fanOut", init.kaimingNormal({ mode: "fanOut" }), Math.sqrt(2 / 576)],
    ["kaimingUniform", init.kaimingUniform(), Math.sqrt(2 / 288)],
    ["xavierNormal", init.xavierNormal(), Math.sqrt(2 / 864)],
    ["xavierUniform with gain 2", init.xavierUniform({ gain: 2 }), 2 * Math.sqrt(2 / 864)],
    ["normal", init.normal({ deviation: 0.3 }), 0.3],
    ["uniform from -1 to 1", init.uniform(-1, 1), Math.sqrt(1 / 3)],
    // Variance of a standard normal cut at two: 1 - 4 phi(2) / (2 Phi(2) - 1) = 0.7737.
    ["truncatedNormal", init.truncatedNormal(), Math.sqrt(0.7737)],
  ];
  for (const [name, initializer, expected] of spreads) {
    test(`${name} has the standard deviation of its formula`, () => {
      expect(deviation(draw(initializer, shape)) / expected).toBeCloseTo(1, 1);
    });
  }

  test("truncatedNormal stays within two deviations", () => {
    expect(largest(draw(init.truncatedNormal({ deviation: 0.5 }), shape))).toBeLessThanOrEqual(1);
  });

  for (const [rows, columns] of [
    [4, 9],
    [9, 4],
  ] as const) {
    test(`orthogonal ${rows} x ${columns} has orthonormal ${rows < columns ? "rows" : "columns"}`, () => {
      const w = draw(init.orthogonal(), [rows, columns]);
      const n = Math.min(rows, columns);
      const entry = (i: number, k: number) =>
        rows < columns ? w[i * columns + k]! : w[k * columns + i]!;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let dot = 0;
          for (let k = 0; k < Math.max(rows, columns); k++) dot += entry(i, k) * entry(j, k);
          expect(dot).toBeCloseTo(i === j ? 1 : 0, 5);
        }
      }
    });
  }
});
