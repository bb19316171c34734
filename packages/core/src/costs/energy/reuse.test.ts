import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { operandEnergy, partialSumEnergy, reuseEnergy } from "./index.js";

const split = (dram: number, buffer: number, array: number, register: number) => ({
  dram,
  buffer,
  array,
  register,
});

describe("reuse split over a memory hierarchy", () => {
  it("prices reads as by hand", () => {
    // 2 from DRAM, each read 3 times from the buffer, handed on 4 times, read 5 times from a register.
    expect(operandEnergy(split(2, 3, 4, 5))).toEqual({
      dram: 2 * 200,
      buffer: 6 * 6,
      array: 24 * 2,
      register: 120 * 1,
      total: 400 + 36 + 48 + 120,
    });
  });

  it("prices partial sums as by hand: the first write needs no read", () => {
    expect(partialSumEnergy(split(2, 3, 4, 5))).toEqual({
      dram: 3 * 200,
      buffer: 2 * 2 * 2 * 6,
      array: 6 * 3 * 2,
      register: 2 * 24 * 4,
      total: 600 + 48 + 36 + 192,
    });
  });

  it("costs 619 per product where nothing is reused: 1 + 2 * 209 + 200", () => {
    const once = split(1, 1, 1, 1);
    expect(reuseEnergy({ inputs: once, weights: once, sums: once })).toBe(1 + 2 * 209 + 200);
  });

  it("costs less the further inside values are reused", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1000 }), (n) => {
        const costs = [split(n, 1, 1, 1), split(1, n, 1, 1), split(1, 1, n, 1), split(1, 1, 1, n)];
        for (const energy of [operandEnergy, partialSumEnergy]) {
          const totals = costs.map((s) => energy(s).total);
          expect(totals).toEqual([...totals].sort((a, b) => b - a));
        }
      }),
    );
  });

  it("refuses a reuse below 1", () => {
    expect(() => operandEnergy(split(1, 0.5, 1, 1))).toThrow(/reuse of 0.5 at the level buffer/);
  });
});
