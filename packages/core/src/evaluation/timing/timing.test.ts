/** Warm-up, outliers, drift, scenarios, throughput, ratios and clocks, against hand arithmetic and SciPy. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  batchKnee,
  callsPerSample,
  correctOmission,
  driftOf,
  flagOutliers,
  lag1Autocorrelation,
  offlineThroughput,
  pairedRatio,
  poissonArrivals,
  quantile,
  scheduledLatencies,
  serveInOrder,
  timerReport,
  warmupState,
} from "./index.js";

const mean = (values: readonly number[]) => values.reduce((s, v) => s + v, 0) / values.length;
const repeat = (n: number, value: number) => Array.from({ length: n }, () => value);
const sample = [12.1, 10.4, 11.7, 10.9, 13.3, 10.2, 15.8, 11.1, 10.6, 12.4, 11.9];

describe("warm-up", () => {
  const rule = { window: 3, windows: 2, minRuns: 6, minMs: 0 };
  it("goes on while the medians of windows fall", () => {
    expect(warmupState([9, 9, 9, 5, 5, 5], rule).stable).toBe(false);
  });
  it("ends when the medians of consecutive windows agree", () => {
    // Medians 4 and 4.25 differ by 6.25 %; the one slow run does not matter.
    expect(warmupState([9, 9, 4, 40, 4, 4.25, 4.25, 4.5], { ...rule, tolerance: 0.07 })).toEqual({
      runs: 8,
      ms: 79,
      stable: true,
    });
  });
  it("takes a difference beyond the tolerance as unstable, in either direction", () => {
    expect(warmupState([4, 4, 4, 4.3, 4.3, 4.3], rule).stable).toBe(false);
    expect(warmupState([4.3, 4.3, 4.3, 4, 4, 4], rule).stable).toBe(false);
  });
  it("asks for a least number of runs and a least time", () => {
    expect(warmupState(repeat(6, 1), { ...rule, minRuns: 7 }).stable).toBe(false);
    expect(warmupState(repeat(6, 1), { ...rule, minMs: 6.5 }).stable).toBe(false);
    expect(warmupState(repeat(7, 1), { ...rule, minRuns: 7, minMs: 6.5 }).stable).toBe(true);
  });
});

describe("outliers", () => {
  it("are flagged by the modified z-score of SciPy's MAD", () => {
    // scipy.stats.median_abs_deviation(sample) = 0.8, median 11.7: 15.8 has 0.6745 * 4.1 / 0.8 = 3.457.
    expect(flagOutliers(sample).count).toBe(0);
    expect(flagOutliers(sample, { threshold: 3.4 }).indices).toEqual([6]);
  });
  it("stay in the samples: only a diagnosis leaves them out", () => {
    const samples = [1, 2, 3, 2, 100];
    // Median 2, MAD 1; 0.6745 * 98 is far; the rest have mean 2.
    expect(flagOutliers(samples)).toEqual({ indices: [4], count: 1, meanWithout: 2 });
    expect(samples).toHaveLength(5);
  });
  it("are found where most samples are equal and the MAD is 0", () => {
    expect(flagOutliers([...repeat(20, 5), 9]).indices).toEqual([20]);
    expect(flagOutliers(repeat(20, 5)).count).toBe(0);
  });
  it("never flag a majority", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 40 }),
        (values) => {
          expect(flagOutliers(values).count).toBeLessThanOrEqual(values.length / 2);
        },
      ),
    );
  });
});

describe("dependence", () => {
  it("has the lag-1 autocorrelation of NumPy", () => {
    // ((d[:-1] * d[1:]).sum() / (d * d).sum()) with d = x - x.mean()
    expect(lag1Autocorrelation(sample)).toBeCloseTo(-0.5000095552965009, 12);
  });
  it("is not defined for equal or too few samples", () => {
    expect(lag1Autocorrelation([3, 3, 3, 3])).toBeNull();
    expect(lag1Autocorrelation([1, 2])).toBeNull();
  });
  it("flags a steady climb as both correlated and drifting", () => {
    const climb = Array.from({ length: 40 }, (_, i) => 10 + i);
    // Medians 19.5 and 39.5.
    expect(driftOf(climb)).toMatchObject({
      correlated: true,
      drifting: true,
      halvesRatio: 39.5 / 19.5,
    });
  });
  it("does not flag two halves with the same values", () => {
    const half = [5, 9, 6, 8, 7, 5.5, 8.5, 6.5];
    expect(driftOf([...half, ...half])).toMatchObject({ drifting: false, halvesRatio: 1 });
  });
  it("says nothing of halves that are too small to bound their medians", () => {
    expect(driftOf([1, 1, 1, 9, 9, 9]).drifting).toBe(false);
  });
});

describe("server scenario", () => {
  it("draws arrivals whose gaps have the mean and the spread of an exponential distribution", () => {
    const arrivals = Array.from(poissonArrivals({ perSecond: 50, count: 20_000, seed: 3 }));
    const gaps = arrivals.map((t, i) => t - (arrivals[i - 1] ?? 0));
    // Mean and standard deviation are both 20 ms; their standard errors over 20,000 are 0.14 and 0.2 ms.
    expect(mean(gaps)).toBeGreaterThan(19.4);
    expect(mean(gaps)).toBeLessThan(20.6);
    const sd = Math.sqrt(mean(gaps.map((g) => (g - 20) ** 2)));
    expect(sd).toBeGreaterThan(19.2);
    expect(sd).toBeLessThan(20.8);
    expect(gaps.every((g) => g >= 0)).toBe(true);
  });

  it("repeats its schedule for a seed and changes it with the seed", () => {
    const draw = (seed: number) => Array.from(poissonArrivals({ perSecond: 5, count: 9, seed }));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it("counts the waiting behind a stall, which a closed loop would leave out", () => {
    // A query every 10 ms; the third takes 45 ms, all others 2.
    const served = serveInOrder([0, 10, 20, 30, 40, 50, 60, 70], (i) => (i === 2 ? 45 : 2));
    // It ends at 65; the queries of 30, 40, 50, 60 wait: 67 - 30, 69 - 40, 71 - 50, 73 - 60, 75 - 70.
    expect(scheduledLatencies(served)).toEqual([2, 2, 45, 37, 29, 21, 13, 5]);
    expect(served.map((q) => q.endMs - q.startMs)).toEqual([2, 2, 45, 2, 2, 2, 2, 2]);
  });

  it.each([0.3, 0.6, 0.8])("has the mean waiting time of an M/D/1 queue at load %f", (load) => {
    const serviceMs = 10;
    const arrivals = poissonArrivals({ perSecond: 100 * load, count: 60_000, seed: 11 });
    const waits = serveInOrder(arrivals, () => serviceMs).map((q) => q.startMs - q.scheduledMs);
    // Pollaczek and Khinchine: load * service / (2 (1 - load)).
    const expected = (load * serviceMs) / (2 * (1 - load));
    expect(mean(waits) / expected).toBeGreaterThan(0.9);
    expect(mean(waits) / expected).toBeLessThan(1.1);
  });

  it("puts omitted arrivals back only beyond the interval", () => {
    expect(correctOmission([3, 10, 4], 4)).toEqual([3, 10, 6, 4]);
    expect(correctOmission([8], 4)).toEqual([8, 4]);
    expect(() => correctOmission([1], 0)).toThrow(/positive/);
  });

  it("moves the p99 of a loop that stalled, as wrk's users found", () => {
    // 1 ms every 10 ms, one stall of 1 s among 200: by count p99 is 1 ms, by schedule a third of queries met the stall.
    const closed = [...repeat(199, 1), 1000];
    expect(quantile(closed, 0.98)).toBe(1);
    // 99 omitted ones, 990 ... 10 ms, among 299: sorted[floor(299 * 0.98)] = sorted[293] is the sixth from the top, 950.
    const corrected = correctOmission(closed, 10);
    expect(corrected).toHaveLength(299);
    expect(quantile(corrected, 0.98)).toBe(950);
  });

  it("refuses rates that are none", () => {
    expect(() => poissonArrivals({ perSecond: 0, count: 1 })).toThrow(/positive rate/);
    expect(() => poissonArrivals({ perSecond: 1, count: 1.5 })).toThrow(/whole number/);
  });
});

describe("throughput", () => {
  it("counts samples, not calls", () => {
    expect(offlineThroughput([100, 300], { batch: 4 })).toBe(20);
    expect(() => offlineThroughput([], { batch: 4 })).toThrow(/at least one call/);
  });
  it("has its knee where the next batch gains less than 5 %", () => {
    const sweep = [100, 190, 300, 312, 400].map((perSecond, i) => ({ batch: 2 ** i, perSecond }));
    // 312 / 300 = 1.04; that 16 gains again does not undo it.
    expect(batchKnee(sweep)).toBe(4);
    expect(batchKnee(sweep.toReversed())).toBe(4);
    expect(batchKnee(sweep.slice(0, 3))).toBe(4);
    expect(batchKnee(sweep, { gain: 0.01 })).toBe(16);
    expect(batchKnee([])).toBeUndefined();
  });
});

describe("paired ratio", () => {
  const ratios = [1.1, 1.05, 1.2, 1.15, 0.98, 1.12, 1.08, 1.31, 1.02, 1.11, 1.09, 1.18];
  // A machine that slows down threefold in the course of the rounds.
  const b = ratios.map((_, i) => 10 * (1 + i / 6));
  const a = ratios.map((r, i) => r * b[i]!);

  it("is the median of the rounds with SciPy's percentile bootstrap interval", () => {
    const found = pairedRatio(a, b);
    expect(found.median).toBeCloseTo(1.105, 12);
    // scipy.stats.bootstrap(ratios, median, method="percentile"): 1.065 to 1.165; medians of 12 come in steps.
    expect(Math.abs(found.low - 1.065)).toBeLessThan(0.011);
    expect(Math.abs(found.high - 1.165)).toBeLessThan(0.011);
  });
  it("is the reciprocal the other way round", () => {
    const odd = a.slice(1);
    const other = pairedRatio(b.slice(1), odd);
    expect(other.median).toBeCloseTo(1 / pairedRatio(odd, b.slice(1)).median, 12);
  });
  it("refuses fewer than six rounds, uneven rounds and times of zero", () => {
    expect(() => pairedRatio([1, 1, 1, 1, 1], [1, 1, 1, 1, 1])).toThrow(/at least 6/);
    expect(() => pairedRatio(a, b.slice(1))).toThrow(/equally many/);
    expect(() => pairedRatio([0, ...a.slice(1)], b)).toThrow(/positive times/);
  });
});

describe("clock", () => {
  it("is known by its least step, however often it was read in between", () => {
    // Advances by 0.5 every fourth reading.
    let reading = 0;
    const clock = () => Math.floor(reading++ / 4) * 0.5;
    expect(timerReport(clock, { readings: 1000 })).toEqual({
      resolutionMs: 0.5,
      overheadMs: 0.125,
    });
  });
  it("asks for as many calls as make a sample a hundred steps long", () => {
    expect(callsPerSample(0.02, 0.001)).toBe(5);
    expect(callsPerSample(0.1, 0.001)).toBe(1);
    expect(callsPerSample(0.099, 0.001)).toBe(2);
  });
});
