import { describe, expect, it } from "vitest";
import {
  binomialCdf,
  incompleteBeta,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
} from "./distributions.js";

describe("distributions", () => {
  it("agree with printed tables of the normal and of Student's t", () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 9);
    expect(normalQuantile(0.5)).toBeCloseTo(0, 9);
    expect(normalCdf(-6)).toBeCloseTo(9.865876450376946e-10, 15);
    expect(normalCdf(3)).toBeCloseTo(0.9986501019683699, 12);
    expect(studentQuantile(0.975, 2)).toBeCloseTo(4.302652729911275, 8);
    expect(studentQuantile(0.975, 9)).toBeCloseTo(2.262157162740992, 8);
    expect(studentQuantile(0.025, 1)).toBeCloseTo(-12.706204736432095, 6);
  });

  it("know the closed forms: t with one degree is Cauchy, I_x(1, b) is 1 - (1-x)^b", () => {
    expect(studentCdf(1, 1)).toBeCloseTo(0.75, 9);
    expect(incompleteBeta(0.3, 1, 4)).toBeCloseTo(1 - 0.7 ** 4, 9);
  });

  it("sum the binomial as by hand", () => {
    // Bin(3, 0.5): 1/8, 3/8, 3/8, 1/8.
    expect([0, 1, 2, 3].map((k) => binomialCdf(k, 3, 0.5))).toEqual([
      expect.closeTo(1 / 8, 9),
      expect.closeTo(4 / 8, 9),
      expect.closeTo(7 / 8, 9),
      1,
    ]);
    expect(binomialCdf(-1, 3, 0.5)).toBe(0);
  });

  it("refuse a quantile at 0 or 1", () => {
    expect(() => normalQuantile(1)).toThrow(/strictly between/);
  });
});
