import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Counts, type FillGroup, fillBudget, keptOf } from "./fill.js";
import { multiplesTo } from "./sizes.js";

/** A chain of layers: a channel costs what its neighbours are wide. */
const chainLoad =
  (names: readonly string[], budget: number) =>
  (counts: Counts): number => {
    const widths = [1, ...names.map((n) => counts[n]!), 2];
    return widths.slice(1).reduce((sum, w, i) => sum + w * widths[i]!, 0) / budget;
  };

const group = (name: string, scores: readonly number[]): FillGroup => ({
  name,
  scores,
  sizes: multiplesTo(scores.length, 1),
});

describe("filling a budget", () => {
  it("keeps the channels that are wanted most while they fit", () => {
    // One a and one b cost 1 + 1 + 2 = 4; with two b 1 + 2 + 4 = 7, with two a 2 + 2 + 2 = 6.
    const groups = [group("a", [9, 1]), group("b", [5, 8])];
    const counts = fillBudget(groups, { load: chainLoad(["a", "b"], 7) });
    expect(counts).toEqual({ a: 1, b: 2 });
    expect(keptOf(groups, counts!)).toEqual({ a: [true, false], b: [true, true] });
  });

  it("has nothing to give where one channel of every group is too much", () => {
    const groups = [group("a", [1, 2]), group("b", [1, 2])];
    expect(fillBudget(groups, { load: chainLoad(["a", "b"], 3.9) })).toBeUndefined();
  });

  it("keeps a number of channels that is allowed", () => {
    const groups = [{ ...group("a", [5, 4, 3, 2, 1]), sizes: [4, 5] }];
    expect(fillBudget(groups, { load: ({ a }) => a! / 4 })).toEqual({ a: 4 });
    expect(fillBudget(groups, { load: ({ a }) => a! / 5 })).toEqual({ a: 5 });
    expect(fillBudget(groups, { load: ({ a }) => a! / 3 })).toBeUndefined();
  });

  it("weighs steps of different width by the mean of their channels", () => {
    // One more of b, worth 6, comes before two more of a, worth 5 on average; unless these fill the budget better.
    const groups = [
      { ...group("a", [9, 8, 2]), sizes: [1, 3] },
      { ...group("b", [7, 6]), sizes: [1, 2] },
    ];
    expect(fillBudget(groups, { load: ({ a, b }) => (a! + b!) / 4 })).toEqual({ a: 3, b: 1 });
    expect(fillBudget(groups, { load: ({ a, b }) => (a! + b!) / 3 })).toEqual({ a: 1, b: 2 });
  });

  it("gives up a channel for others that fill the budget better", () => {
    // A channel of a costs 7, of b 4: wanted is a second a, 18 of 22; without it 4 b and one a are 23, 3 b and one a 19,
    // and two a and two b 22.
    const groups = [group("a", [9, 8, 7]), group("b", [3, 2, 1, 0])];
    const load = ({ a, b }: Counts) => (7 * a! + 4 * b!) / 22;
    expect(fillBudget(groups, { load })).toEqual({ a: 2, b: 2 });
    // 21 of 23 by three a are not possible beside a b; 7 + 4 * 4 = 23 is exact, and worth an exchange.
    expect(fillBudget(groups, { load: ({ a, b }) => (7 * a! + 4 * b!) / 23 })).toEqual({
      a: 1,
      b: 4,
    });
  });

  it("is never above the budget, keeps a channel of every group, and leaves no room for another", () => {
    const scores = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(scores, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 200 }),
        (all, budget) => {
          const groups = all.map((s, i) => group(`g${i}`, s));
          const names = groups.map((g) => g.name);
          const load = chainLoad(names, budget);
          const counts = fillBudget(groups, { load });
          if (!counts) {
            expect(load(Object.fromEntries(names.map((n) => [n, 1])))).toBeGreaterThan(1);
            return;
          }
          expect(load(counts)).toBeLessThanOrEqual(1);
          for (const { name, sizes } of groups) {
            expect(counts[name]).toBeGreaterThanOrEqual(1);
            if (counts[name]! < sizes.at(-1)! && load(counts) < 0.99) {
              expect(load({ ...counts, [name]: counts[name]! + 1 })).toBeGreaterThan(1);
            }
          }
        },
      ),
    );
  });

  it("keeps all where all fits", () => {
    const groups = [group("a", [1, 1, 1]), group("b", [1])];
    expect(fillBudget(groups, { load: () => 0.5 })).toEqual({ a: 3, b: 1 });
  });
});
