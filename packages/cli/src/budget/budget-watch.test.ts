import { describe, expect, it } from "vitest";
import { trainingWatch } from "../training/watch.js";
import { budgetWatch } from "./budget-watch.js";

const FULL = 1000;
const costs = [{ name: "macs", start: FULL, limit: 0.5 }];

/** Warnings of 400 steps, priced from the hundredth on; cost and hard cost as shares of the whole network. */
function warned(at: (step: number) => { cost: number; hard: number; lambda?: number }) {
  const watch = trainingWatch(budgetWatch(costs, { chance: 0.1, warmup: 100, until: 400 }), 400);
  return Array.from({ length: 400 }, (_, i) => i + 1).flatMap((step) => {
    const { cost, hard, lambda = step > 100 ? step / 100 : 0 } = at(step);
    const measured = { "cost.macs": cost, "hard.macs": hard * FULL, "lambda.macs": lambda, step };
    return watch.step(step, measured).map((w) => ({ ...w, step }));
  });
}

describe("a run that decides about channels", () => {
  it("is left in peace while its gates are on their way to the budget", () => {
    // Soft falls from the first price on; the first gate closes after a third of the steps that have one.
    const at = (step: number) => ({
      cost: Math.max(0.45, 1 - Math.max(0, step - 100) / 300),
      hard: Math.max(0.45, 1 - Math.max(0, step - 200) / 200),
    });
    expect(warned(at)).toEqual([]);
  });

  it("is warned of gates that never close, once, with what to do", () => {
    const found = warned((step) => ({ cost: 1 - step / 4000 - 0.001 * (step % 2), hard: 1 }));
    const stuck = found.filter((w) => w.signature === "ratioStuck");
    expect(stuck).toHaveLength(1);
    expect(stuck[0]!.step).toBeGreaterThan(250);
    expect(stuck[0]!.advice).toMatch(/channels\.fineTune/);
  });

  it("is warned of a cost that stands still whatever its price", () => {
    const found = warned(() => ({ cost: 0.8, hard: 0.8 }));
    expect(found.map((w) => w.signature)).toEqual(["costIgnored"]);
    expect(found[0]!.advice).toMatch(/pressure: 1/);
  });

  it("is warned of accuracy that collapses while the price rises", () => {
    const watch = trainingWatch(budgetWatch(costs, { chance: 0.1, warmup: 0, until: 400 }), 400);
    const accuracies = [0.5, 0.9, 0.6, 0.5];
    const found = accuracies.flatMap((accuracy, i) => watch.validated(100 * i, { accuracy }));
    expect(found.map((w) => w.signature)).toEqual(["accuracyCollapse"]);
    expect(found[0]!.advice).toMatch(/accuracyFloor/);
  });
});
