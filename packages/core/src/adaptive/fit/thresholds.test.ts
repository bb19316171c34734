import { describe, expect, it } from "vitest";
import { randomStream } from "../../random/index.js";
import { exitsTaken } from "../decision.js";
import type { ExitPredictions, Split } from "../predictions.js";
import { fitThresholds } from "./thresholds.js";

/** Predictions from tables of [score, right] per exit; the last exit only needs right. */
function predictions<S extends Split>(
  split: S,
  early: readonly (readonly (readonly [number, number])[])[],
  final: readonly number[],
): ExitPredictions<S> {
  const n = final.length;
  const predicted = [...early.map((e) => e.map(([, right]) => right)), final];
  const scores = early.map((e) => Float64Array.from(e, ([score]) => score));
  const none = predicted.map(() => new Float64Array(n));
  return {
    split,
    exits: predicted.map((_, k) => `exit${k}`),
    labels: new Int32Array(n).fill(1),
    predicted: predicted.map((p) => Int32Array.from(p)),
    confidence: none,
    nll: none,
    scores: { confidence: scores },
  };
}

function outcome(
  p: ExitPredictions,
  costs: readonly number[],
  thresholds: readonly (number | null)[],
) {
  const taken = exitsTaken(p, { policy: "confidence", thresholds });
  let cost = 0;
  let right = 0;
  taken.forEach((k, i) => {
    cost += costs[k]!;
    right += p.predicted[k]![i]! === p.labels[i]! ? 1 : 0;
  });
  return { cost: cost / taken.length, accuracy: right / taken.length };
}

// Scores 0.9, 0.8, 0.6, 0.4; the first exit is right on the two surest, the last on all.
const easy = predictions(
  "validation",
  [
    [
      [0.9, 1],
      [0.8, 1],
      [0.6, 0],
      [0.4, 0],
    ],
  ],
  [1, 1, 1, 1],
);

describe("fitThresholds", () => {
  it("lets the surest half leave when the budget pays for half of the rest", () => {
    const [rule] = fitThresholds(easy, { costs: [2, 10], budgets: [6] });
    // Two leave at cost 2, two run on at cost 10: mean 6. The threshold lies between 0.6 and 0.8.
    expect(rule).toMatchObject({ cost: 6, accuracy: 1, budget: 6 });
    expect(rule!.thresholds[0]).toBeCloseTo(0.7, 12);
  });

  it("spends less than the budget where more would not help", () => {
    const [rule] = fitThresholds(easy, { costs: [2, 10], budgets: [10] });
    expect(rule).toMatchObject({ cost: 6, accuracy: 1 });
  });

  it("lets everyone leave at the first exit when only that is paid for", () => {
    const [rule] = fitThresholds(easy, { costs: [2, 10], budgets: [2] });
    expect(rule).toMatchObject({ cost: 2, accuracy: 0.5, thresholds: [0] });
  });

  it("closes an exit that is never right", () => {
    const useless = predictions(
      "validation",
      [
        [
          [0.9, 0],
          [0.5, 0],
        ],
      ],
      [1, 1],
    );
    const [rule] = fitThresholds(useless, { costs: [1, 2], budgets: [2] });
    expect(rule).toMatchObject({ thresholds: [null], accuracy: 1, cost: 2 });
  });

  it("lets equal scores leave together, even if that misses the budget's last unit", () => {
    const tied = predictions(
      "validation",
      [
        [
          [0.7, 1],
          [0.7, 1],
          [0.7, 0],
          [0.2, 0],
        ],
      ],
      [1, 1, 1, 1],
    );
    // Budget 8 would pay for two leaving, but three are tied: 2.25 stays far below it, with 3 of 4 right.
    const [rule] = fitThresholds(tied, { costs: [1, 10], budgets: [8] });
    expect(rule).toMatchObject({ cost: (3 * 1 + 10) / 4, accuracy: 0.75 });
  });

  it("uses thresholds per exit where one for all cannot do as well", () => {
    // At the first exit, a score of 0.6 is trustworthy; at the second 0.6 is not.
    const p = predictions(
      "validation",
      [
        [
          [0.6, 1],
          [0.5, 0],
          [0.5, 0],
          [0.5, 0],
        ],
        [
          [0.9, 1],
          [0.9, 1],
          [0.7, 0],
          [0.7, 0],
        ],
      ],
      [1, 1, 1, 1],
    );
    const costs = [1, 2, 4];
    const [single] = fitThresholds(p, { costs, budgets: [2.75], thresholds: "single" });
    const [each] = fitThresholds(p, { costs, budgets: [2.75] });
    // Best of all: 1 at cost 1, 1 at cost 2, 2 at cost 4 = 11/4, all right. A single threshold at or below 0.6 lets the wrong 0.7s go.
    expect(each).toMatchObject({ cost: 2.75, accuracy: 1 });
    expect(single!.accuracy).toBeLessThan(1);
  });

  it("keeps every budget and does not lose to brute force by more than one sample", () => {
    for (let seed = 0; seed < 8; seed++) {
      const stream = randomStream(seed, "fit");
      const n = 14;
      // A few distinct scores make ties frequent.
      const score = () => Math.round(stream.uniform() * 12) / 12;
      const early = [0.5, 0.7].map((base) =>
        Array.from({ length: n }, () => {
          const s = score();
          return [s, stream.uniform() < (base + s) / 2 ? 1 : 0] as const;
        }),
      );
      const p = predictions(
        "validation",
        early,
        Array.from({ length: n }, () => (stream.uniform() < 0.9 ? 1 : 0)),
      );
      const costs = [3, 7, 12];
      const levels = [null, ...Array.from({ length: 13 }, (_, i) => i / 12)];
      for (const budget of [3, 5, 7.5, 9, 12]) {
        const [rule] = fitThresholds(p, { costs, budgets: [budget] });
        const real = outcome(p, costs, rule!.thresholds);
        expect(real).toEqual({ cost: rule!.cost, accuracy: rule!.accuracy });
        expect(real.cost).toBeLessThanOrEqual(budget);
        let best = 0;
        for (const a of levels) {
          for (const b of levels) {
            const o = outcome(p, costs, [a, b]);
            if (o.cost <= budget) best = Math.max(best, o.accuracy);
          }
        }
        expect(rule!.accuracy).toBeLessThanOrEqual(best);
        expect(rule!.accuracy).toBeGreaterThanOrEqual(best - 1 / n - 1e-12);
      }
    }
  });

  it("gives the same rules for the same data", () => {
    const options = { costs: [2, 10], budgets: [3, 5, 7] };
    expect(fitThresholds(easy, options)).toEqual(fitThresholds(easy, options));
  });

  it("refuses test data, whatever its type says", () => {
    const test = { ...easy, split: "test" } as unknown as ExitPredictions<"validation">;
    expect(() => fitThresholds(test, { costs: [2, 10], budgets: [6] })).toThrow(
      expect.objectContaining({ code: "E_USAGE" }),
    );
  });

  it("refuses a budget below the first exit and tells the reachable range", () => {
    expect(() => fitThresholds(easy, { costs: [2, 10], budgets: [1.5] })).toThrow(
      expect.objectContaining({
        code: "E_CONFIG",
        allowed: "2 (all leave at the first exit) to 10 (none leaves early)",
      }),
    );
  });

  it("says which policies there are when the asked one has no scores", () => {
    expect(() => fitThresholds(easy, { costs: [2, 10], budgets: [6], policy: "hazard" })).toThrow(
      /hazard.*\n.*confidence/s,
    );
  });

  it("keeps ten budgets over 5000 samples and three early exits", () => {
    const stream = randomStream(1, "speed");
    const early = [0.6, 0.75, 0.85].map((base) =>
      Array.from({ length: 5000 }, () => {
        const s = stream.uniform();
        return [s, stream.uniform() < (base + s) / 2 ? 1 : 0] as const;
      }),
    );
    const p = predictions("validation", early, new Array<number>(5000).fill(1));
    const budgets = [2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9];
    const rules = fitThresholds(p, { costs: [1, 3, 6, 10], budgets });
    rules.forEach((r, i) => {
      expect(r.cost).toBeLessThanOrEqual(budgets[i]!);
    });
  });
});
