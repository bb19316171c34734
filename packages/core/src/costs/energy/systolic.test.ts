import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataflows, systolicCycles } from "./index.js";

const array = { rows: 32, columns: 32 };

describe("cycles of a systolic array", () => {
  it("are those of SCALE-Sim v2 for AlexNet's first convolution, weight-stationary, 32 x 32", () => {
    const layer = { taps: 363, filters: 96, positions: 3025 };
    const report = systolicCycles(layer, array);
    expect(report.folds).toBe(36);
    expect(report.cycles).toBe(112_283);
    expect(report.mappingEfficiency).toBe(0.9453125);
    expect((100 * report.overallUtilisation).toFixed(4)).toBe("91.6831");
    expect((100 * report.computeUtilisation).toFixed(2)).toBe("90.78");
    expect(report.sram).toEqual({ inputs: 3_294_225, weights: 34_848, outputs: 3_484_800 });
  });

  it("by hand: one tile in each dataflow", () => {
    const layer = { taps: 2, filters: 3, positions: 4 };
    const tile = { rows: 4, columns: 4 };
    // One fold of 2 * 4 + 4 - 2 + T cycles, T the dimension that runs in time.
    expect(systolicCycles(layer, tile, "weight-stationary").cycles).toBe(10 + 4 - 1);
    expect(systolicCycles(layer, tile, "output-stationary").cycles).toBe(10 + 2 - 1);
    expect(systolicCycles(layer, tile, "input-stationary").cycles).toBe(10 + 3 - 1);
  });

  it("never use more than all multipliers", () => {
    const size = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(
        size,
        size,
        size,
        fc.constantFrom(...dataflows),
        (taps, filters, positions, d) => {
          const r = systolicCycles({ taps, filters, positions }, array, d);
          expect(r.overallUtilisation).toBeLessThanOrEqual(1);
          expect(r.computeUtilisation).toBeLessThanOrEqual(r.mappingEfficiency);
          expect(r.mappingEfficiency).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("refuses sizes that are no counts", () => {
    const layer = { taps: 0, filters: 3, positions: 4 };
    expect(() => systolicCycles(layer, array)).toThrow(/taps is 0/);
    expect(() => systolicCycles({ ...layer, taps: 1 }, array, "none" as never)).toThrow(/dataflow/);
  });
});
