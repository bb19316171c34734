/** Baselines and budgets: how many channels, which, and what they cost. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Model, mlp, models, traceModel, withWidths } from "../../nn/index.js";
import { hardCost, keptForBudget, magnitudeKept, randomKept, uniformWidths } from "./baselines.js";
import { channelGroups } from "./groups.js";
import { channelImportance } from "./importance.js";
import { removeChannels } from "./remove.js";
import { removalCases, trainedState } from "./testing/cases.js";

const evaluation = { batchSize: 1, training: false };
const resnet = models.resnet8({ width: 8, inputShape: [3, 8, 8] });

function parts(model: Model) {
  const traced = traceModel(model, evaluation);
  return { groups: channelGroups(traced), state: trainedState(traced, 4) };
}

describe("uniformly narrower networks", () => {
  it("are the same model with a smaller width", () => {
    const narrow = traceModel(withWidths(resnet, uniformWidths(resnet, 0.5)), evaluation);
    const half = traceModel(models.resnet8({ width: 4, inputShape: [3, 8, 8] }), evaluation);
    const shapes = (t: typeof narrow) => t.parameters.map((p) => [p.path, p.value.shape]);
    expect(shapes(narrow)).toEqual(shapes(half));
  });

  it("round to multiples", () => {
    const widths = uniformWidths(models.resnet8({ width: 16 }), 0.3, { multiple: 8 });
    // 4.8, 9.6 and 19.2 channels: 5, 10 and 19, rounded up.
    expect(new Set(Object.values(widths))).toEqual(new Set([8, 16, 24]));
  });

  it("narrow every network of the tests", () => {
    for (const { model, trace, name } of removalCases) {
      const widths = uniformWidths(model, 0.5, { trace });
      const narrow = trace(withWidths(model, widths, { partial: true }), evaluation);
      expect(narrow.output.shape, name).toEqual([1, model.outputs]);
    }
  });
});

describe("random and magnitude pruning", () => {
  it("keep as many channels as asked for, at least one", () => {
    const { groups, state } = parts(resnet);
    for (const kept of [randomKept(groups, 0.4, 7), magnitudeKept(groups, state, 0.4)]) {
      for (const g of groups.filter((g) => g.fixed === undefined)) {
        expect(kept[g.name]!.filter(Boolean).length).toBe(Math.round(0.4 * g.size));
      }
    }
    const few = randomKept(groups, { conv1: 0.01 }, 7);
    expect(few.conv1!.filter(Boolean).length).toBe(1);
    expect(few["layer1.0.conv1"]!.every(Boolean)).toBe(true);
  });

  it("draw by seed", () => {
    const { groups } = parts(resnet);
    expect(randomKept(groups, 0.5, 1)).toEqual(randomKept(groups, 0.5, 1));
    expect(randomKept(groups, 0.5, 1)).not.toEqual(randomKept(groups, 0.5, 2));
  });

  it("refuse shares that leave nothing or more than there is", () => {
    const { groups } = parts(resnet);
    for (const share of [0, -1, 1.5, Number.NaN]) {
      expect(() => randomKept(groups, share, 1)).toThrow(/more than 0, at most 1/);
    }
  });
});

describe("a budget", () => {
  it("is filled, and never exceeded", () => {
    const { groups, state } = parts(resnet);
    const importance = channelImportance(groups, state);
    const all = Object.fromEntries(
      Object.entries(importance).map(([n, s]) => [n, s.map(() => true)]),
    );
    const ones = Object.fromEntries(
      Object.entries(importance).map(([n, s]) => [n, s.map((_, i) => i === 0)]),
    );
    const [least, most] = [ones, all].map((kept) => hardCost(resnet, kept, { cost: "macs" }));
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 1, noNaN: true }), (share) => {
        const budget = least! + share * (most! - least!);
        const kept = keptForBudget(resnet, { cost: "macs", budget, importance });
        const cost = hardCost(resnet, kept, { cost: "macs" });
        expect(cost).toBeLessThanOrEqual(budget);
        expect(cost / budget).toBeGreaterThan(0.95);
        // What it says is what removal leaves.
        const removed = removeChannels(resnet, state, kept);
        expect(hardCost(removed.model, {}, { cost: "macs" })).toBe(cost);
      }),
      { numRuns: 6 },
    );
    expect(keptForBudget(resnet, { cost: "macs", budget: most!, importance })).toEqual(all);
  });

  it("takes the most important channels first, across groups", () => {
    // Channels of hidden0 cost 4 + 2 MACs with two channels behind them, those of hidden1 what is before them plus 2.
    const net = mlp({ sizes: [4, 3, 3, 2] });
    const importance = { hidden0: [1, 9, 8], hidden1: [7, 0, 0] };
    // 4 * 2 + 2 * 1 + 1 * 2 = 12.
    const kept = keptForBudget(net, { cost: "macs", budget: 12, importance });
    expect(kept).toEqual({ hidden0: [false, true, true], hidden1: [true, false, false] });
  });

  it("keeps to multiples", () => {
    const net = models.resnet8({ width: 16, inputShape: [3, 8, 8] });
    const { groups, state } = parts(net);
    const kept = keptForBudget(net, {
      cost: "parameters",
      budget: 30000,
      importance: channelImportance(groups, state),
      multiple: 8,
    });
    for (const mask of Object.values(kept)) expect(mask.filter(Boolean).length % 8).toBe(0);
    expect(hardCost(net, kept, { cost: "parameters" })).toBeLessThanOrEqual(30000);
  });

  it("that nothing reaches is refused with the range", () => {
    const net = mlp({ sizes: [8, 3, 4] });
    const importance = { hidden0: [1, 2, 3] };
    expect(() => keptForBudget(net, { cost: "macs", budget: 11, importance })).toThrow(
      /a budget of 11 MACs[\s\S]*12 to 36 MACs/,
    );
  });
});
