import { describe, expect, it } from "vitest";
import { UserError } from "../base/index.js";
import { predictionAccuracy } from "./prediction-accuracy.js";

describe("the accuracy of predictions", () => {
  it("is what a hand makes of four pairs", () => {
    // Errors 0.05, 0.1, 0.5 and 0 of what was measured.
    const found = predictionAccuracy([1.05, 1.8, 6, 8], [1, 2, 4, 8]);
    expect(found.meanRelativeError).toBeCloseTo(0.65 / 4, 12);
    expect(found.medianRelativeError).toBeCloseTo(0.075, 12);
    expect(found.within5).toBe(0.5);
    expect(found.within10).toBe(0.75);
    expect(found.rmse).toBeCloseTo(Math.sqrt((0.05 ** 2 + 0.2 ** 2 + 2 ** 2) / 4), 12);
    expect(found).toMatchObject({ count: 4, spearman: 1 });
  });

  it("knows order from scale: ten times too slow, all in order", () => {
    const found = predictionAccuracy([10, 20, 30], [1, 2, 3]);
    expect(found.spearman).toBe(1);
    expect(found.meanRelativeError).toBeCloseTo(9, 12);
  });

  it.each([
    [[1], [1]],
    [
      [1, 2],
      [1, 0],
    ],
    [
      [1, 2, 3],
      [1, 2],
    ],
  ])("is refused for %j on %j", (predicted, measured) => {
    expect(() => predictionAccuracy(predicted, measured)).toThrow(UserError);
  });
});
