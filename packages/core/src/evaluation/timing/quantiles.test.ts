/** Quantiles, intervals, sample counts and refusals, against the published tables and NumPy. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  percentileOrRefusal,
  percentilesOf,
  type QuantileDefinition,
  quantile,
  quantileDefinitions,
  samplesNeeded,
} from "./index.js";

const definitions = Object.keys(quantileDefinitions) as QuantileDefinition[];
const counted = Array.from({ length: 100 }, (_, i) => i + 1);

describe("quantiles", () => {
  // For n = 100 and p99: the maximum, the second largest, and a blend of the two, 0.99 * 99 = 98.01.
  it.each<[QuantileDefinition, number]>([
    ["loadgen", 100],
    ["nearest-rank", 99],
    ["linear", 99.01],
    ["lower", 99],
  ])("%s takes its own of a hundred values at p99", (definition, expected) => {
    expect(quantile(counted, 0.99, { definition })).toBeCloseTo(expected, 10);
  });

  const sample = [12.1, 10.4, 11.7, 10.9, 13.3, 10.2, 15.8, 11.1, 10.6, 12.4, 11.9];
  // numpy.quantile with method "linear", "inverted_cdf" and "lower" at 0.1, 0.5, 0.9, 0.99.
  it.each<[QuantileDefinition, readonly number[]]>([
    ["linear", [10.4, 11.7, 13.3, 15.55]],
    ["nearest-rank", [10.4, 11.7, 13.3, 15.8]],
    ["lower", [10.4, 11.7, 13.3, 13.3]],
  ])("%s agrees with NumPy", (definition, expected) => {
    const found = [0.1, 0.5, 0.9, 0.99].map((p) => quantile(sample, p, { definition }));
    for (const [i, v] of found.entries()) expect(v).toBeCloseTo(expected[i]!, 10);
  });

  it("is not off by one where n p is a whole number that floats miss", () => {
    // 100 * 0.29 is 28.999999999999996 in floating point; LoadGen's index is 29, the value 30.
    expect(quantile(counted, 0.29)).toBe(30);
    expect(quantile(counted, 0.29, { definition: "nearest-rank" })).toBe(29);
  });

  it.each(definitions)("%s lies within the sample and grows with p", (definition) => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, p, q) => {
          const [low, high] = [Math.min(p, q), Math.max(p, q)].map((at) =>
            quantile(values, at, { definition }),
          );
          expect(low!).toBeLessThanOrEqual(high! * (1 + 1e-12));
          expect(low!).toBeGreaterThanOrEqual(Math.min(...values));
          expect(high!).toBeLessThanOrEqual(Math.max(...values) * (1 + 1e-12));
        },
      ),
    );
  });

  it("refuses no values and impossible p", () => {
    expect(() => quantile([], 0.5)).toThrow(/at least one value/);
    expect(() => quantile([1], 1.5)).toThrow(/quantile 1.5/);
  });
});

/** Smallest n with P(Bin(n, 1 - p) <= t) <= 1 - confidence, t = 0, 1, 2, 5, 10; computed apart from this code. */
const table: readonly (readonly [number, number, readonly number[]])[] = [
  [0.5, 0.95, [5, 8, 11, 18, 30]],
  [0.9, 0.95, [29, 46, 61, 103, 167]],
  [0.95, 0.95, [59, 93, 124, 208, 336]],
  [0.97, 0.95, [99, 157, 208, 348, 562]],
  [0.99, 0.95, [299, 473, 628, 1049, 1693]],
  [0.999, 0.95, [2995, 4742, 6294, 10511, 16959]],
  [0.5, 0.99, [7, 11, 14, 22, 35]],
  // 64 and 662 are MLPerf's published least query counts.
  [0.9, 0.99, [44, 64, 81, 127, 197]],
  [0.95, 0.99, [90, 130, 165, 259, 398]],
  [0.97, 0.99, [152, 219, 277, 433, 667]],
  [0.99, 0.99, [459, 662, 838, 1307, 2010]],
  [0.999, 0.99, [4603, 6636, 8403, 13105, 20140]],
];

describe("samples needed", () => {
  it.each(table)("for p = %f at %f are those of the table", (p, confidence, expected) => {
    const found = [0, 1, 2, 5, 10].map((exceedances) =>
      samplesNeeded(p, { confidence, exceedances }),
    );
    expect(found).toEqual(expected);
  });

  it("without exceedances are the closed form ln(1 - confidence) / ln p", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.995, noNaN: true }),
        fc.double({ min: 0.5, max: 0.99, noNaN: true }),
        (p, confidence) => {
          const exact = Math.log(1 - confidence) / Math.log(p);
          fc.pre(Math.abs(exact - Math.round(exact)) > 1e-6);
          expect(samplesNeeded(p, { confidence })).toBe(Math.max(1, Math.ceil(exact)));
        },
      ),
    );
  });

  it.each([0, 1, -0.1, 1.1, Number.NaN])("refuse p = %f", (p) => {
    expect(() => samplesNeeded(p)).toThrow(/strictly between 0 and 1/);
  });
});

describe("percentile or refusal", () => {
  it("refuses one sample below what is needed, and says how many that is", () => {
    const result = percentileOrRefusal(counted.slice(0, 58), 0.95);
    expect(result).toEqual({
      refused: "not estimable (n = 58): p95 needs 59 samples",
      needs: 59,
    });
  });

  it("gives the percentile at the least number, bounded by the largest sample", () => {
    const result = percentileOrRefusal(counted.slice(0, 59), 0.95);
    // floor(59 * 0.95) = 56, the value 57.
    expect(result).toMatchObject({ ms: 57, high: 59 });
  });

  it("has the order statistics of the binomial distribution as its bounds", () => {
    const sixty = counted.slice(0, 60);
    // scipy.stats.binom: P(B <= 23) <= 0.05 < P(B <= 24) and P(B <= 36) >= 0.95 for n = 60, p = 0.5.
    expect(percentileOrRefusal(sixty, 0.5)).toEqual({ ms: 31, low: 24, high: 37 });
    expect(percentileOrRefusal(sixty, 0.9)).toEqual({ ms: 55, low: 50, high: 59 });
  });

  it("asks for more samples where the tail may exceed the bound", () => {
    const strict = { confidence: 0.99, exceedances: 1 };
    expect(percentileOrRefusal(counted, 0.99, strict)).toMatchObject({ needs: 662 });
  });

  it("mirrors the need for a low percentile", () => {
    expect(percentileOrRefusal([1, 2], 0.05)).toMatchObject({ needs: 59 });
  });

  it("refuses every percentile of samples that are means of several calls", () => {
    const all = percentilesOf(counted, { callsPerSample: 20 });
    expect(Object.values(all).every((p) => "refused" in p)).toBe(true);
    expect(all.p90).toMatchObject({ refused: expect.stringMatching(/mean of 20 calls/) });
  });

  it("covers the true percentile of an exponential distribution nine times in ten or more", () => {
    // 400 samples of 60 from a generator of the test's own.
    let state = 12345;
    const uniform = () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) / 2 ** 24;
    };
    let covered = 0;
    for (let trial = 0; trial < 400; trial++) {
      const sample = Array.from({ length: 60 }, () => -Math.log(1 - uniform()));
      const result = percentileOrRefusal(sample, 0.9);
      if ("ms" in result && result.low <= Math.log(10) && Math.log(10) <= result.high) covered++;
    }
    // Mean 0.9 or more, standard deviation 0.015.
    expect(covered / 400).toBeGreaterThan(0.86);
  });
});
