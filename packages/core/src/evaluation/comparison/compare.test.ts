/** Rank agreement, pairs, frontiers and winners of a comparison. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Comparison, compareModels } from "./compare.js";
import { frontierDisagreement } from "./frontier.js";
import { indicatorNames, indicators } from "./indicators.js";
import { measuredRow } from "./measured-row.js";
import type { ComparedModel, Counts } from "./model.js";

/** One model for each position of the lists. */
function modelsOf(lists: { readonly [K in keyof Counts]?: readonly number[] }): ComparedModel[] {
  const names = Object.keys(lists) as (keyof Counts)[];
  return lists[names[0]!]!.map((_, i) => ({
    name: `m${i}`,
    counts: Object.fromEntries(names.map((k) => [k, lists[k]![i]!])),
  }));
}

function coefficient(
  { agreement }: Comparison,
  kind: "spearman" | "kendall",
  [a, b]: readonly [string, string],
): number | string {
  const at = (id: string) => agreement.indicators.indexOf(id);
  const found = agreement[kind][at(a)]![at(b)]!;
  return "value" in found ? found.value : found.reason;
}

describe("rank agreement", () => {
  // Values of scipy 1.17.1, spearmanr and kendalltau (tau-b).
  it.each([
    [[1, 2, 3, 4, 5], [1.0, 2.2, 2.1, 4.0, 3.9], 0.8, 0.6],
    [[1, 2, 2, 4, 5], [1.0, 2.2, 2.1, 4.0, 3.9], 0.872081599272, 0.737864787373],
    [[3, 3, 1, 2, 2, 5], [1, 1, 2, 2, 3, 3], -0.06154574549, -0.080064076903],
    [[11.7, 3.5, 5.3, 86.6, 61.1], [1.81, 0.301, 0.386, 17.6, 0.714], 0.9, 0.8],
    [
      [8241, 11189, 3730, 9888, 5114, 1572, 4641, 2009, 3120, 1729],
      [0.4, 1.82, 4.09, 0.3, 4.41, 17.6, 4.6, 4.5, 4.5, 15.5],
      -0.863225872026,
      -0.719146519961,
    ],
  ])("of %j and %j is scipy's", (parameters, macs, rho, tau) => {
    const comparison = compareModels(modelsOf({ parameters, macs }));
    const pair = ["parameters", "macs"] as const;
    expect(coefficient(comparison, "spearman", pair)).toBeCloseTo(rho, 10);
    expect(coefficient(comparison, "kendall", pair)).toBeCloseTo(tau, 10);
  });

  it("is undefined, with the reason, where an indicator is constant or models are too few", () => {
    const pair = ["parameters", "macs"] as const;
    const constant = compareModels(modelsOf({ parameters: [7, 7, 7], macs: [1, 2, 3] }));
    expect(coefficient(constant, "kendall", pair)).toBe("parameters is the same for all models");
    const two = compareModels(modelsOf({ parameters: [1, 2], macs: [2, 1] }));
    expect(coefficient(two, "spearman", pair)).toMatch(/2 models .* needs 3/);
  });

  it("takes the models that have both numbers", () => {
    const models = modelsOf({ parameters: [1, 2, 3, 9], macs: [1, 3, 2, 5] });
    const { macs: _, ...counts } = models[3]!.counts!;
    const comparison = compareModels([...models.slice(0, 3), { ...models[3]!, counts }]);
    // One of three pairs is turned: tau = (2 - 1) / 3.
    expect(coefficient(comparison, "kendall", ["parameters", "macs"])).toBeCloseTo(1 / 3, 12);
  });

  it("is symmetric, 1 with itself, and deaf to rescaling", () => {
    const list = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(list, list, (parameters, macs) => {
        const { agreement } = compareModels(modelsOf({ parameters, macs }));
        const scaled = compareModels(
          modelsOf({ parameters: parameters.map((v) => 1000 * v), macs }),
        ).agreement;
        expect(scaled.kendall[0]![1]).toEqual(agreement.kendall[0]![1]);
        agreement.spearman.forEach((row, i) => {
          row.forEach((value, k) => {
            expect(value).toEqual(agreement.spearman[k]![i]);
            if (i === k && "value" in value) expect(value.value).toBeCloseTo(1, 12);
          });
        });
      }),
    );
  });
});

describe("winners and pairs", () => {
  it("FLOPs are shown and have no vote: they are the MACs again", () => {
    const {
      indicators: columns,
      agreement,
      pairs,
    } = compareModels(modelsOf({ macs: [5, 7], parameters: [2, 1] }));
    expect(columns.map((c) => c.id)).toEqual(["parameters", "macs", "flops"]);
    expect(columns[2]!.repeats).toBe("macs");
    expect(columns[2]!.readings).toEqual([{ value: 10 }, { value: 14 }]);
    expect(agreement.indicators).toEqual(["parameters", "macs"]);
    expect(pairs).toEqual([
      {
        a: "m0",
        b: "m1",
        aBetter: ["macs"],
        bBetter: ["parameters"],
        undecided: [],
        inverted: true,
      },
    ]);
  });

  it("so do active parameters where all are active, and not where some are idle", () => {
    const counts = { parameters: [4, 6, 8], activeParameters: [4, 6, 8] };
    expect(compareModels(modelsOf(counts)).indicators[1]!.repeats).toBe("parameters");
    const idle = { ...counts, activeParameters: [4, 6, 2] };
    expect(compareModels(modelsOf(idle)).indicators[1]!.repeats).toBeUndefined();
  });

  const timed = (name: string, p50: number, half: number): ComparedModel => ({
    name,
    measured: [
      { machine: "one", p50Ms: { value: p50, interval: { low: p50 - half, high: p50 + half } } },
    ],
  });

  it("measured ranks differ only where intervals do not overlap", () => {
    const { pairs, indicators: columns } = compareModels([
      timed("a", 10, 1),
      timed("b", 11.5, 1),
      timed("c", 13, 0.4),
    ]);
    const [ab, ac, bc] = pairs;
    expect(ab!.undecided).toEqual(["p50Ms@one"]);
    expect(ac!.aBetter).toEqual(["p50Ms@one"]);
    expect(bc!.aBetter).toEqual(["p50Ms@one"]);
    // Nobody is clearly faster than a or than b.
    expect(columns[0]!.winners).toEqual(["a", "b"]);
  });

  it("settings are columns of their own, and what is missing says why", () => {
    const a = { name: "a", measured: [{ machine: "one", batch: 1, meanMs: { value: 2 } }] };
    const b = { name: "b", measured: [{ machine: "one", batch: 8, meanMs: { value: 9 } }] };
    const { indicators: columns } = compareModels([a, b]);
    expect(columns.map((c) => c.id)).toEqual(["meanMs@one (batch 1)", "meanMs@one (batch 8)"]);
    expect(columns[0]!.readings[1]).toEqual({ missing: "not measured on one (batch 1)" });
    expect(columns[0]!.winners).toEqual([]);
  });

  it("every pair adds up to the indicators that both have", () => {
    const list = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(list, list, list, (parameters, macs, activations) => {
        const models = modelsOf({ parameters, macs, activations });
        const { pairs, agreement } = compareModels(models);
        const votes = agreement.indicators.length;
        for (const p of pairs) {
          expect(p.aBetter.length + p.bBetter.length + p.undecided.length).toBe(votes);
        }
      }),
    );
  });

  it("refuses a single model and two of one name", () => {
    expect(() => compareModels([{ name: "a" }])).toThrow(/comparison of 1 models/);
    expect(() => compareModels([{ name: "a" }, { name: "a" }])).toThrow(
      /two models are called "a"/,
    );
  });
});

describe("rounds of measurements", () => {
  const round = (samplesMs: number[], callsPerSample = 1) => ({
    provider: "cpu",
    threads: 2,
    batch: 1,
    samplesMs,
    callsPerSample,
    meanMs: samplesMs.reduce((a, b) => a + b) / samplesMs.length,
    throughput: [],
    energy: { measured: false },
  });

  it("are pooled for percentiles, and their means have Student's interval", () => {
    const row = measuredRow([round([1, 2]), round([3, 4]), round([5])], { machine: "m" });
    // Five samples bound their median; p95 needs 59.
    expect(row.p50Ms).toEqual({ value: 3, interval: { low: 1, high: 5 } });
    expect(row.p95Ms).toBeUndefined();
    // Means 1.5, 3.5, 5: scipy.stats.t.interval(0.95, 2, 3.3333, sem) = (-1.02867, 7.69534).
    expect(row.meanMs!.value).toBeCloseTo(10 / 3, 12);
    expect(row.meanMs!.interval!.low).toBeCloseTo(-1.02867, 5);
    expect(row.meanMs!.interval!.high).toBeCloseTo(7.69534, 4);
    expect(row).toMatchObject({ machine: "m", provider: "cpu", threads: 2, batch: 1 });
    expect(row.joules).toBeUndefined();
  });

  it("of calls too short for the clock give a mean and no percentile", () => {
    const row = measuredRow([round([1, 1, 1, 1, 1], 8)], { machine: "m" });
    expect(row.p50Ms).toBeUndefined();
    expect(row.meanMs).toEqual({ value: 1 });
  });
});

describe("frontiers", () => {
  it("differ by the indicator: |symmetric difference| / |union|", () => {
    // By MACs m2 is dominated by m1 (cheaper and more accurate), by parameters m0 and m1 by m2.
    const models = modelsOf({ macs: [1, 2, 3], parameters: [30, 20, 10] }).map((m, i) => ({
      ...m,
      accuracy: { value: [0.7, 0.8, 0.8][i]! },
    }));
    const { frontier } = compareModels(models);
    expect(frontier).toMatchObject({
      indicators: ["parameters", "macs"],
      members: [["m2"], ["m0", "m1"]],
      disagreement: [
        [0, 1],
        [1, 0],
      ],
      always: [],
      without: [],
    });
  });

  it("keep a model that is dominated within the noise only", () => {
    const accuracy = (value: number) => ({
      value,
      interval: { low: value - 0.02, high: value + 0.02 },
    });
    const [a, b, c] = modelsOf({ macs: [1, 1, 2] });
    const { frontier } = compareModels([
      { ...a!, accuracy: accuracy(0.8) },
      { ...b!, accuracy: accuracy(0.79) },
      { ...c!, accuracy: accuracy(0.81) },
    ]);
    // c costs more and its accuracy is not clearly higher; a and b are equal in both.
    expect(frontier!.members).toEqual([["m0", "m1"]]);
  });

  it("are drawn for two accuracies at least, and name the models without one", () => {
    const [a, b, c] = modelsOf({ macs: [1, 2, 3] });
    expect(compareModels([{ ...a!, accuracy: { value: 0.5 } }, b!]).frontier).toBeUndefined();
    const { frontier } = compareModels([
      { ...a!, accuracy: { value: 0.5 } },
      { ...b!, accuracy: { value: 0.6 } },
      c!,
    ]);
    expect(frontier).toMatchObject({ members: [["m0", "m1"]], without: ["m2"] });
  });

  it("two of four models in common: 1 - 2/4", () => {
    expect(frontierDisagreement(["a", "b", "c"], ["b", "c", "d"])).toBeCloseTo(0.5, 12);
    expect(frontierDisagreement([], [])).toBe(0);
  });
});

describe("indicators", () => {
  it("each has a number of some model, or says why not", () => {
    const nothing = { name: "nothing" };
    const comparison = compareModels([nothing, { name: "one", counts: { macs: 3 } }]);
    expect(comparison.indicators.find((c) => c.id === "macs")!.readings[0]).toEqual({
      missing: "there is no file to count",
    });
    for (const name of indicatorNames) expect(indicators[name].better).toBe("less");
  });
});
