import { describe, expect, it } from "vitest";
import { buildGraph, input } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { fromHost, interpret } from "../../reference/index.js";
import { scalar, tensor } from "../../tensor/index.js";
import {
  failureSignatures,
  gradientPressure,
  type HistoryPoint,
  objectiveWarnings,
  pressureRows,
} from "./index.js";

describe("gradient pressure", () => {
  const a = input("layer1.0.weight", [2]);
  const b = input("layer1.1.bias", []);
  const gate = input("gate.weight", []);
  const parameters = [
    { path: "layer1.0.weight", value: a },
    { path: "layer1.1.bias", value: b },
    { path: "gate.weight", value: gate },
  ];
  // d task = (3, 4) in a, 12 in b, 0.5 in the gate; d macs = 8 in the gate alone.
  const task = f.add(
    f.add(f.reduceSum(f.mul(a, input("slope", [2]))), f.mul(b, 12)),
    f.mul(gate, 0.5),
  );
  const costs = { macs: f.mul(gate, 8), stopped: f.stopGradient(f.mul(b, 5)) };
  const feeds = {
    "layer1.0.weight": fromHost(tensor("float32", [2], [1, 1])),
    slope: fromHost(tensor("float32", [2], [3, 4])),
    "layer1.1.bias": fromHost(scalar("float32", 1)),
    "gate.weight": fromHost(scalar("float32", 1)),
  };
  const measured = (depth?: number) => {
    const { outputs } = gradientPressure({ task, costs, parameters, ...(depth ? { depth } : {}) });
    const out = interpret(buildGraph(outputs), feeds);
    return pressureRows(Object.fromEntries(Object.entries(out).map(([k, t]) => [k, t.data[0]!])));
  };

  it("is the norm of each gradient over the parameters of a block, and its ratio to the task's", () => {
    expect(measured()).toEqual([
      {
        block: "layer1",
        task: 13,
        costs: { macs: { norm: 0, ratio: 0 }, stopped: { norm: 0, ratio: 0 } },
      },
      {
        block: "gate",
        task: 0.5,
        costs: { macs: { norm: 8, ratio: 16 }, stopped: { norm: 0, ratio: 0 } },
      },
    ]);
  });

  it("looks closer where told to", () => {
    expect(measured(2).map((r) => [r.block, r.task])).toEqual([
      ["layer1.0", 5],
      ["layer1.1", 12],
      ["gate", 0.5],
    ]);
  });

  it("calls a block that the task leaves alone infinitely pressed", () => {
    const values = { "pressure.task/gate": 0, "pressure.macs/gate": 2, loss: 1 };
    expect(pressureRows(values)[0]!.costs.macs!.ratio).toBe(Number.POSITIVE_INFINITY);
  });
});

const START = 1000;
const costs = [{ name: "macs", start: START, limit: 0.5 }];
const history = (n: number, at: (i: number) => Record<string, number>): HistoryPoint[] =>
  Array.from({ length: n }, (_, i) => ({ step: 10 * i, values: at(i) }));
const found = (points: readonly HistoryPoint[], watched: { limit?: number } | null = null) => {
  const one = watched ? [{ name: "macs", start: START, ...watched }] : costs;
  return objectiveWarnings(points, { costs: one });
};
const names = (points: readonly HistoryPoint[], watched?: { limit?: number }) =>
  found(points, watched).map((w) => w.signature);

describe("signatures of failure", () => {
  const healthy = history(60, (i) => ({
    "lambda.macs": 0.02 * i,
    "cost.macs": 1 - 0.008 * i,
    "hard.macs": START * (1 - 0.008 * i),
    accuracy: 0.5 + 0.005 * i,
    sigma: 1e-4,
  }));

  it("are not seen in a training that goes well, at any moment of it", () => {
    for (let n = 0; n <= 60; n++) expect(names(healthy.slice(0, n))).toEqual([]);
  });

  it("a cost without gradient is ignored, and the advice is to check it", () => {
    const points = history(40, (i) => ({
      "lambda.macs": 0.01 * (i + 1),
      "cost.macs": 0.9,
      "hard.macs": 0.9 * START,
      "pressure.task/gate": 1,
      "pressure.macs/gate": 0,
    }));
    const [warning] = found(points);
    expect(warning).toMatchObject({ signature: "costIgnored", cost: "macs" });
    expect(warning!.advice).toMatch(/checkComputeGradient/);
    expect(warning!.evidence.join()).toMatch(/lambda 0.4/);
  });

  it("a lambda that is not heard is to be raised", () => {
    const points = history(40, () => ({
      "lambda.macs": 1e-6,
      "cost.macs": 0.9,
      "hard.macs": 0.9 * START,
      "pressure.task/gate": 1,
      "pressure.macs/gate": 1e-5,
    }));
    expect(found(points)[0]!.advice).toMatch(/^raise lambda, or give a budget/);
  });

  it("a price that is lost beside the task is not heard, even of a cost that drifts", () => {
    // 0.001 * 0.9 / 2 = 0.00045 of the task's loss, against 0.0045 at ten times the lambda.
    const points = (lambda: number) =>
      history(40, (i) => ({
        task: 2,
        "lambda.macs": lambda,
        "cost.macs": 0.9 - 0.005 * i,
        "hard.macs": (0.9 - 0.005 * i) * START,
      }));
    const [warning] = found(points(1e-3), {});
    expect(warning).toMatchObject({ signature: "costIgnored", cost: "macs" });
    expect(warning!.what).toMatch(/not heard beside the task/);
    // Of the last 20 points the first is the dearest: 0.001 * 0.8 / 2.
    expect(warning!.evidence.join()).toMatch(/at most 0\.0004 of/);
    expect(names(points(1e-2), {})).toEqual([]);
    // Below its limit a cost needs no price.
    expect(names(points(1e-3), { limit: 0.75 })).toEqual([]);
  });

  it("a cost that stands at its limit is not ignored, nor one whose price has done its work", () => {
    const still = (value: number) =>
      history(40, (i) => ({
        "lambda.macs": 1,
        "cost.macs": i < 5 ? 1 - 0.02 * i : value,
        "hard.macs": value * START,
      }));
    expect(names(still(0.5), { limit: 0.5 })).toEqual([]);
    expect(names(still(0.7), {})).toEqual([]);
    expect(names(still(0.7), { limit: 0.5 })).toEqual(["costIgnored"]);
  });

  it("nothing is said of a cost before it has a price", () => {
    const points = history(40, () => ({ "lambda.macs": 0, "cost.macs": 1, "hard.macs": START }));
    expect(names(points)).toEqual([]);
  });

  it("soft decisions that never decide leave the ratio at 1", () => {
    const points = history(40, (i) => ({
      "lambda.macs": 1,
      "cost.macs": 1 - 0.01 * i,
      "hard.macs": START,
    }));
    const [warning] = found(points);
    expect(warning).toMatchObject({ signature: "ratioStuck", cost: "macs" });
    expect(warning!.advice).toMatch(/temperature/);
  });

  it("an accuracy that falls away twice in a row is a collapse; once is not", () => {
    const points = (tail: readonly number[]) =>
      [0.6, 0.8, 0.9, ...tail].map((accuracy, i) => ({
        step: i,
        values: { accuracy, "lambda.macs": i },
      }));
    expect(names(points([0.5]))).toEqual([]);
    expect(names(points([0.8, 0.75]))).toEqual([]);
    const [warning] = found(points([0.5, 0.3]));
    expect(warning!.signature).toBe("accuracyCollapse");
    expect(warning!.evidence).toEqual([
      "accuracy 0.9 at step 2, 0.3 at step 4",
      "lambda.macs 2 to 4",
    ]);
  });

  it("an accuracy that stays at that of guessing is said after three evaluations", () => {
    const warned = (accuracies: readonly number[], chance?: number) =>
      objectiveWarnings(
        accuracies.map((accuracy, step) => ({ step, values: { accuracy } })),
        { costs: [], ...(chance === undefined ? {} : { chance }) },
      );
    const [warning] = warned([0.1, 0.12, 0.11], 0.1);
    expect(warning).toMatchObject({ signature: "atChance" });
    expect(warning!.evidence).toEqual(["accuracy 0.12 at best in 3 evaluations, guessing has 0.1"]);
    expect(warned([0.1, 0.12], 0.1)).toEqual([]);
    expect(warned([0.1, 0.2, 0.11], 0.1)).toEqual([]);
    // Of two classes 0.52 is guessing and 0.6 is not.
    expect(warned([0.5, 0.52, 0.5], 0.5)).toHaveLength(1);
    expect(warned([0.5, 0.6, 0.6], 0.5)).toEqual([]);
    expect(warned([0.1, 0.1, 0.1])).toEqual([]);
  });

  it("a NaN with a tiny sigma is the sigma's; with a sound one it is not", () => {
    const points = (sigma: number, loss: number) =>
      history(5, (i) => ({ sigma, loss: i === 4 ? loss : 1 }));
    expect(names(points(1e-8, Number.NaN))).toEqual(["sigmaTooSmall"]);
    expect(found(points(1e-8, Number.NaN))[0]!.what).toMatch(/loss is not finite at step 40/);
    expect(names(points(1e-8, 1))).toEqual([]);
    expect(names(points(1e-4, Number.NaN))).toEqual([]);
    // (x^2 + sigma)^2 is below the smallest float32, about 1e-45, for x = 0: said before it happens.
    expect(Math.fround(1e-23 * 1e-23)).toBe(0);
    expect(names(points(1e-23, 1))).toEqual(["sigmaTooSmall"]);
  });

  it("are registered under their own names", () => {
    expect(Object.values(failureSignatures).map((s) => s.name)).toEqual(
      Object.keys(failureSignatures),
    );
  });
});
