/** Values of the golden table were computed with numpy and scipy; the rest is derived in place. */

import { describe, expect, it } from "vitest";
import { pairedBootstrap, twoLevelBootstrap } from "./bootstrap.js";
import {
  brierScore,
  expectedCalibrationError,
  reliability,
  signedCalibrationError,
} from "./calibration.js";
import {
  effectiveExits,
  entropy,
  exitProbabilitiesOf,
  exitShares,
  meanDepth,
  normalisedEntropy,
} from "./depth.js";
import { hypervolume, normalisedHypervolume, paretoFront } from "./front.js";
import { budgetViolation, costGaps, decisionSoftness, expectedCost, policyCost } from "./gaps.js";
import { summariseSeeds, wilson } from "./intervals.js";
import { percentile, percentileInterval } from "./percentile.js";
import { kendall, ranks, spearman } from "./ranks.js";

describe("exit usage", () => {
  it("has the golden entropy, normalised entropy, effective exits and mean depth", () => {
    const shares = [0.5, 0.25, 0.125, 0.125];
    expect(entropy(shares)).toBeCloseTo(1.213008, 6);
    expect(normalisedEntropy(shares)).toBeCloseTo(0.875, 12);
    expect(effectiveExits(shares)).toBeCloseTo(3.363586, 6);
    expect(meanDepth(shares)).toBe(1.875);
  });

  it("turns hazards 0.2, 0.5, 1 into 0.2, 0.4, 0.4 with mean depth 2.2", () => {
    const p = exitProbabilitiesOf([0.2, 0.5]);
    expect(p.map((v) => +v.toFixed(12))).toEqual([0.2, 0.4, 0.4]);
    expect(meanDepth(p)).toBeCloseTo(2.2, 12);
  });

  it("counts shares, also of exits that nobody took", () => {
    expect(exitShares([0, 2, 2, 0], 3)).toEqual([0.5, 0, 0.5]);
    expect(normalisedEntropy([1])).toBe(0);
  });
});

describe("calibration", () => {
  const confidence = [0.95, 0.9, 0.8, 0.75, 0.65, 0.6, 0.55, 0.3];
  const correct = [1, 1, 1, 0, 1, 0, 1, 0];

  it("has the golden calibration error with five right-closed bins, and Brier score", () => {
    expect(expectedCalibrationError(confidence, correct, { bins: 5 })).toBeCloseTo(0.1, 12);
    expect(brierScore(confidence, correct)).toBeCloseTo(0.17375, 12);
  });

  it("puts an edge into the bin it closes, 0 into the first and 1 into the last", () => {
    const counts = reliability([0, 0.2, 0.4, 0.6000000000000001, 1], [1, 1, 1, 1, 1], { bins: 5 });
    expect(counts.map((b) => b.count)).toEqual([2, 1, 1, 0, 1]);
  });

  it("tells over-confidence by its sign", () => {
    expect(signedCalibrationError([0.9, 0.9], [1, 0])).toBeCloseTo(0.4, 12);
  });
});

describe("accuracy against cost", () => {
  const points = [
    { cost: 1, accuracy: 0.7 },
    { cost: 2, accuracy: 0.8 },
    { cost: 3, accuracy: 0.78 },
    { cost: 4, accuracy: 0.85 },
  ];

  it("drops dominated points and has the golden hypervolume", () => {
    expect(paretoFront(points).map((p) => p.cost)).toEqual([1, 2, 4]);
    expect(hypervolume(points, { cost: 5, accuracy: 0.5 })).toBeCloseTo(1.15, 12);
  });

  it("normalises by the box: 1.15 of (5 - 1)(1 - 0.5) = 2", () => {
    const options = { reference: { cost: 5, accuracy: 0.5 }, ideal: { cost: 1, accuracy: 1 } };
    expect(normalisedHypervolume(points, options)).toBeCloseTo(0.575, 12);
  });

  it("ignores points outside the reference box", () => {
    expect(hypervolume([{ cost: 6, accuracy: 0.9 }], { cost: 5, accuracy: 0.5 })).toBe(0);
  });
});

describe("expected, policy and executed cost", () => {
  it("recombines gaps: 10 % and 5 % make 15.5 %", () => {
    const gaps = costGaps({ expected: 100, policy: 110, executed: 115.5 });
    expect(gaps.decision).toBeCloseTo(0.1, 12);
    expect(gaps.execution).toBeCloseTo(0.05, 12);
    expect(gaps.total).toBeCloseTo(0.155, 12);
    expect(costGaps({ expected: null, policy: 2, executed: 2 })).toEqual({
      decision: null,
      execution: 0,
      total: null,
    });
  });

  it("takes the expectation over hazards and agrees with exit probabilities", () => {
    // p = (0.2, 0.4, 0.4): 0.2 * 1 + 0.4 * 3 + 0.4 * 6 = 3.8; p = (1, 0, 0): 1.
    expect(
      expectedCost(
        [
          [0.2, 1],
          [0.5, 0.3],
        ],
        [1, 3, 6],
      ),
    ).toBeCloseTo((3.8 + 1) / 2, 12);
    expect(policyCost([0, 2, 1, 1], [1, 3, 6])).toBe((1 + 6 + 3 + 3) / 4);
    expect(budgetViolation(5.5, 5)).toBeCloseTo(0.1, 12);
  });

  it("calls a gate at one half fully soft and one at 1 decided", () => {
    expect(decisionSoftness([[0.5, 1]])).toBe(0.5);
    expect(decisionSoftness([])).toBe(0);
  });
});

describe("rank agreement", () => {
  it("has the golden Spearman and Kendall, with and without ties", () => {
    expect(spearman([1, 2, 3, 4, 5], [1.0, 2.2, 2.1, 4.0, 3.9])).toBeCloseTo(0.8, 12);
    expect(kendall([1, 2, 3, 4, 5], [1.0, 2.2, 2.1, 4.0, 3.9])).toBeCloseTo(0.6, 12);
    expect(spearman([1, 2, 2, 4, 5], [1.0, 2.2, 2.1, 4.0, 3.9])).toBeCloseTo(0.872082, 6);
    expect(kendall([1, 2, 2, 4, 5], [1.0, 2.2, 2.1, 4.0, 3.9])).toBeCloseTo(0.737865, 6);
    expect([...ranks([3, 1, 3])]).toEqual([2.5, 1, 2.5]);
    expect(spearman([1, 1], [1, 2])).toBe(0);
  });
});

describe("intervals", () => {
  it("has the golden Wilson interval for 90 of 100", () => {
    const { low, high } = wilson(90, 100);
    expect(low).toBeCloseTo(0.825634, 6);
    expect(high).toBeCloseTo(0.944771, 6);
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
    expect(wilson(50, 50).high).toBe(1);
  });

  it("gives mean, sd and t-interval over seeds", () => {
    // sd = 0.01; 4.302653 * 0.01 / sqrt(3) = 0.0248414.
    const s = summariseSeeds([0.9, 0.91, 0.92]);
    expect(s.mean).toBeCloseTo(0.91, 12);
    expect(s.sd).toBeCloseTo(0.01, 12);
    expect(s.interval!.high - s.mean).toBeCloseTo(0.0248414, 6);
    expect(summariseSeeds([0.9])).toEqual({ mean: 0.9, sd: 0, n: 1, interval: null });
  });

  it("takes percentiles by nearest rank", () => {
    expect(percentile([15, 20, 35, 40, 50], 0.3)).toBe(20);
    expect(percentile([15, 20, 35, 40, 50], 0.4)).toBe(20);
    expect(percentile([15, 20, 35, 40, 50], 1)).toBe(50);
    expect(
      percentile(
        Array.from({ length: 20 }, (_, i) => i + 1),
        0.95,
      ),
    ).toBe(19);
  });

  it("bounds a median by order statistics, and says where the sample is too small", () => {
    const values = Array.from({ length: 10 }, (_, i) => i + 1);
    // Bin(10, 0.5): P(<= 1) = 11/1024 = 0.0107, P(<= 2) = 0.0547: ranks 2 and 9, coverage 0.979.
    expect(percentileInterval(values, 0.5)).toEqual({ low: 2, high: 9 });
    // Bin(10, 0.95): P(<= 7) = 0.0115, P(<= 8) = 0.0861: rank 8 below; even rank 10 does not bound from above.
    expect(percentileInterval(values, 0.95)).toEqual({ low: 8, high: null });
  });

  it("resamples pairs together: identical vectors differ by exactly nothing", () => {
    const a = [1, 0, 1, 1, 0];
    expect(pairedBootstrap(a, a)).toEqual({ estimate: 0, low: 0, high: 0 });
    const shifted = pairedBootstrap([3, 4, 5], [1, 2, 3]);
    expect(shifted).toEqual({ estimate: 2, low: 2, high: 2 });
  });

  it("covers the mean of a fair coin by about 1.96 standard errors", () => {
    const a = Array.from({ length: 400 }, (_, i) => i % 2);
    const { estimate, low, high } = pairedBootstrap(a, new Array<number>(400).fill(0), { seed: 3 });
    expect(estimate).toBe(0.5);
    // Standard error 0.5 / 20 = 0.025.
    expect(high - low).toBeGreaterThan(0.085);
    expect(high - low).toBeLessThan(0.111);
  });

  it("sees the spread between seeds, not only that of samples", () => {
    const constant = (v: number) => new Array<number>(100).fill(v);
    const { low, high } = twoLevelBootstrap([constant(0), constant(1)], { seed: 1 });
    // Two seeds: drawn alike with probability one half, so the interval spans all.
    expect([low, high]).toEqual([0, 1]);
  });

  it("repeats exactly for equal seeds", () => {
    const a = [1, 0, 1, 1, 0, 1];
    const b = [0, 0, 1, 0, 1, 1];
    expect(pairedBootstrap(a, b, { seed: 5 })).toEqual(pairedBootstrap(a, b, { seed: 5 }));
  });
});
