/** Baselines, overthinking and alarms on a table small enough to check by eye. */

import { describe, expect, it } from "vitest";
import { exitPredictions } from "../adaptive/index.js";
import { tensor } from "../tensor/index.js";
import { accuracyPerExit, oracleExit, oracleExits, randomExit } from "./baselines.js";
import { type ExitHealthInput, exitHealth, healthRuleIds } from "./health.js";
import { overthinking } from "./overthinking.js";

/** Logits that predict `classes[i]` with probability `p` among two classes. */
const logits = (classes: readonly number[], p = 0.9) =>
  tensor(
    "float32",
    [classes.length, 2],
    classes.flatMap((c) => (c === 0 ? [Math.log(p / (1 - p)), 0] : [0, Math.log(p / (1 - p))])),
  );

// All labels are 1. Right at: sample 0 everywhere; 1 only early; 2 only late; 3 nowhere.
const predictions = exitPredictions(
  { logits: [logits([1, 1, 0, 0]), logits([1, 0, 1, 0])] },
  { split: "test", exits: ["early", "final"], labels: Int32Array.from([1, 1, 1, 1]) },
);
const costs = [1, 4];

describe("predictions", () => {
  it("hold class, confidence and likelihood of every exit", () => {
    expect([...predictions.predicted[0]!]).toEqual([1, 1, 0, 0]);
    expect(predictions.confidence[0]![0]).toBeCloseTo(0.9, 6);
    expect(predictions.nll[0]![0]).toBeCloseTo(-Math.log(0.9), 6);
    expect(predictions.nll[0]![3]).toBeCloseTo(-Math.log(0.1), 5);
    // 1 - H(0.9, 0.1) / ln 2 = 1 - 0.325083 / 0.693147.
    expect(predictions.scores.entropy![0]![0]).toBeCloseTo(0.531004, 5);
    expect(predictions.scores.hazard).toBeUndefined();
  });

  it("refuse a label that no class has", () => {
    const labels = Int32Array.from([2]);
    expect(() =>
      exitPredictions({ logits: [logits([0])] }, { split: "test", exits: ["final"], labels }),
    ).toThrow(expect.objectContaining({ code: "E_DATA", allowed: "0 to 1" }));
  });
});

describe("baselines", () => {
  it("oracle leaves at the first right exit, and at the first where none is right", () => {
    expect([...oracleExits(predictions)]).toEqual([0, 0, 1, 0]);
    expect(oracleExit(predictions, costs)).toEqual({ accuracy: 0.75, cost: (1 + 1 + 4 + 1) / 4 });
  });

  it("random exits reach the share-weighted mean of accuracies", () => {
    const accuracies = accuracyPerExit(predictions);
    expect(accuracies).toEqual([0.5, 0.5]);
    expect(randomExit([0.25, 0.75], { accuracies: [0.6, 0.9], costs })).toEqual({
      accuracy: expect.closeTo(0.825, 12),
      cost: 3.25,
    });
  });
});

describe("overthinking", () => {
  it("counts answers destroyed, cost wasted and answers not waited for", () => {
    const result = overthinking(predictions, { taken: [1, 1, 0, 0], costs });
    // Sample 1 is right early, wrong late. Sample 0 pays 3 too much, and is the only right one. Sample 2 left too early.
    expect(result).toEqual({ destructive: 0.25, wasteful: 3, underthinking: 0.25 });
  });
});

describe("exit health", () => {
  const healthy: ExitHealthInput = {
    exits: ["a", "b", "final"],
    shares: [0.5, 0.3, 0.2],
    accuracies: [0.8, 0.88, 0.9],
    thresholds: [0.7, 0.6],
    routingBenefit: { low: 0.01, high: 0.03 },
    decisionGap: 0.02,
    executionGap: 0,
    violation: 0.01,
    destructive: 0.02,
    underthinking: 0.01,
    finalReach: 0.3,
    flips: 0,
  };
  const ids = (change: Partial<ExitHealthInput>) =>
    exitHealth({ ...healthy, ...change }).map((w) => w.id);

  it("is silent for a healthy network", () => {
    expect(exitHealth(healthy)).toEqual([]);
  });

  it.each<[Partial<ExitHealthInput>, string]>([
    [{ shares: [0.97, 0.02, 0.01] }, "exit/collapse-shallow"],
    [{ shares: [0.02, 0.01, 0.97] }, "exit/never-exits"],
    [{ shares: [0.6, 0.004, 0.396] }, "exit/dead"],
    [{ thresholds: [0.7, null] }, "exit/closed"],
    [{ routingBenefit: { low: -0.01, high: 0.02 } }, "exit/no-routing-benefit"],
    [{ finalReach: 0.01 }, "exit/starved-final"],
    [{ decisionGap: 0.11 }, "exit/soft-decisions"],
    [{ executionGap: 0.03 }, "exit/not-executed"],
    [{ violation: 0.06 }, "exit/threshold-transfer"],
    [{ underthinking: 0.05 }, "exit/underthinking"],
    [{ flips: 0.001 }, "exit/unstable-prediction"],
  ])("raises the alarm for %j", (change, id) => {
    expect(ids(change)).toContain(id);
  });

  it("has a test for every rule", () => {
    expect(healthRuleIds.length).toBe(11);
  });

  it("does not call a collapse what loses nothing", () => {
    expect(ids({ shares: [0.97, 0.02, 0.01], accuracies: [0.9, 0.9, 0.9] })).not.toContain(
      "exit/collapse-shallow",
    );
  });

  it("does not call a closed exit dead", () => {
    const warnings = ids({ shares: [0.6, 0, 0.4], thresholds: [0.7, null] });
    expect(warnings).toContain("exit/closed");
    expect(warnings).not.toContain("exit/dead");
  });
});
