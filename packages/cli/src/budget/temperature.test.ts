import { describe, expect, it } from "vitest";
import { lastTemperature, temperatureAt } from "./temperature.js";

const way = (schedule: "linear" | "cosine" | "exponential", steps = 5) => {
  const at = temperatureAt({ from: 1, to: 1 / 16, schedule }, steps)!;
  return Array.from({ length: steps }, (_, step) => at(step));
};

describe("the temperature of gates", () => {
  it("is the gate's own where the recipe says nothing, and one number where it says one", () => {
    expect(temperatureAt(undefined, 10)).toBeUndefined();
    expect(lastTemperature(undefined)).toBeUndefined();
    expect([0, 7, 99].map(temperatureAt(0.66, 10)!)).toEqual([0.66, 0.66, 0.66]);
    expect(lastTemperature(0.66)).toBe(0.66);
  });

  it("goes in equal steps, along half a cosine, or by equal factors", () => {
    // A fall of 15/16 in four steps.
    expect(way("linear")).toEqual([1, 49 / 64, 34 / 64, 19 / 64, 4 / 64]);
    const quarter = (1 + Math.SQRT1_2) / 2;
    const cosine = [1, quarter, 1 / 2, 1 - quarter, 0].map((c) => 1 / 16 + (15 / 16) * c);
    way("cosine").forEach((v, i) => {
      expect(v).toBeCloseTo(cosine[i]!, 12);
    });
    way("exponential").forEach((v, i) => {
      expect(v).toBeCloseTo(2 ** -i, 12);
    });
  });

  it("may rise as well", () => {
    expect(temperatureAt({ from: 1, to: 4, schedule: "exponential" }, 3)!(1)).toBeCloseTo(2, 12);
  });

  it("stays at its end, and is there at once where there is one step", () => {
    const options = { from: 1, to: 0.5, schedule: "linear" } as const;
    expect(temperatureAt(options, 5)!(4)).toBe(0.5);
    expect(temperatureAt(options, 5)!(40)).toBe(0.5);
    expect(temperatureAt(options, 1)!(0)).toBe(0.5);
    expect(lastTemperature(options)).toBe(0.5);
  });
});
